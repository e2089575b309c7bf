/** Bars over months as an SVG picture of its own: no script runs in the page, and the same figures stand in a table beside it. */
export interface BarChart {
  readonly title: string;
  readonly labels: readonly string[];
  readonly series: readonly { readonly name: string; readonly values: readonly number[] }[];
  readonly isDark: boolean;
  readonly format: (value: number) => string;
}

const WIDTH = 860;
const HEIGHT = 300;

export async function barChartSvg({ title, labels, series, isDark, format }: BarChart): Promise<string> {
  // Large, and needed on few pages.
  const echarts = await import('echarts');
  const chart = echarts.init(null, null, { renderer: 'svg', ssr: true, width: WIDTH, height: HEIGHT });
  const ink = isDark ? '#b6bfca' : '#4b5563';
  const line = isDark ? '#38414d' : '#dfe3e8';
  chart.setOption({
    animation: false,
    aria: { enabled: true, label: { description: title } },
    color: isDark ? ['#5aa9e6', '#f5c27c'] : ['#0b5fa5', '#b8691b'],
    textStyle: { fontFamily: 'Inter, system-ui, sans-serif' },
    legend: { top: 0, itemGap: 28, textStyle: { color: ink } },
    grid: { left: 12, right: 12, top: 36, bottom: 8, containLabel: true },
    xAxis: {
      type: 'category',
      data: [...labels],
      axisLabel: { color: ink },
      axisLine: { lineStyle: { color: line } },
      axisTick: { show: false },
    },
    yAxis: { type: 'value', axisLabel: { color: ink, formatter: format }, splitLine: { lineStyle: { color: line } } },
    series: series.map(({ name, values }) => ({
      type: 'bar',
      name,
      data: [...values],
      barMaxWidth: 28,
      itemStyle: { borderRadius: [3, 3, 0, 0] },
    })),
  });
  const svg = chart.renderToSVGString();
  chart.dispose();
  return svg;
}
