/** The trips of "Nordlicht Reisen", an invented tour operator, and the master data they name. Regions are ISO 3166-1 and 3166-2. */

export interface DemoText {
  readonly de: string;
  readonly en: string;
}

export interface DemoTrip {
  /** Also the id of the trip's product in the catalogue. */
  readonly id: string;
  readonly product: string;
  readonly title: DemoText;
  readonly teaser: DemoText;
  /** The first one gives the picture. */
  readonly themes: readonly string[];
  readonly regions: readonly string[];
  readonly brand: string;
  /** Cents for each traveller. */
  readonly adultPrice: number;
  readonly childPrice: number;
  readonly infantPrice: number;
  /** Cents of the whole booking that no discount lowers: insurance, visa, port taxes. */
  readonly nonDiscountable: number;
  readonly departInDays: readonly number[];
  readonly nights: number;
}

export const DEMO_BRANDS = [
  { id: 'nordlicht', name: 'Nordlicht Reisen' },
  { id: 'fjell-und-meer', name: 'Fjell & Meer' },
  { id: 'kleine-fluchten', name: 'Kleine Fluchten' },
] as const;

export const DEMO_THEMES = [
  { id: 'wandern', name: 'Wandern' },
  { id: 'rad', name: 'Radreisen' },
  { id: 'strand', name: 'Strand & Sonne' },
  { id: 'stadt', name: 'Städtereisen' },
  { id: 'kreuzfahrt', name: 'Schiffsreisen' },
  { id: 'winter', name: 'Winter & Nordlicht' },
  { id: 'kultur', name: 'Kultur & Genuss' },
  { id: 'natur', name: 'Natur & Tiere' },
  { id: 'familie', name: 'Familie' },
  { id: 'wellness', name: 'Wellness' },
] as const;

export const DEMO_REGIONS: readonly { readonly id: string; readonly name: string; readonly parent: string | null }[] = [
  ...countries({
    AT: 'Österreich',
    CA: 'Kanada',
    CH: 'Schweiz',
    CR: 'Costa Rica',
    DE: 'Deutschland',
    DK: 'Dänemark',
    ES: 'Spanien',
    FI: 'Finnland',
    FR: 'Frankreich',
    GB: 'Vereinigtes Königreich',
    GR: 'Griechenland',
    HR: 'Kroatien',
    IE: 'Irland',
    IS: 'Island',
    IT: 'Italien',
    JP: 'Japan',
    NA: 'Namibia',
    NL: 'Niederlande',
    NO: 'Norwegen',
    NZ: 'Neuseeland',
    PL: 'Polen',
    PT: 'Portugal',
    SE: 'Schweden',
    ZA: 'Südafrika',
  }),
  ...parts('AT', { 'AT-5': 'Salzburg', 'AT-7': 'Tirol', 'AT-9': 'Wien' }),
  ...parts('CA', { 'CA-AB': 'Alberta', 'CA-BC': 'British Columbia' }),
  ...parts('CH', { 'CH-GR': 'Graubünden', 'CH-VS': 'Wallis' }),
  ...parts('DE', {
    'DE-BE': 'Berlin',
    'DE-BY': 'Bayern',
    'DE-HH': 'Hamburg',
    'DE-MV': 'Mecklenburg-Vorpommern',
    'DE-SH': 'Schleswig-Holstein',
    'DE-SN': 'Sachsen',
  }),
  ...parts('DK', { 'DK-84': 'Hovedstaden' }),
  ...parts('ES', { 'ES-AN': 'Andalusien', 'ES-IB': 'Balearen', 'ES-CN': 'Kanarische Inseln', 'ES-CT': 'Katalonien' }),
  ...parts('ES-IB', { 'ES-PM': 'Mallorca' }),
  ...parts('ES-CN', { 'ES-TF': 'Santa Cruz de Tenerife' }),
  ...parts('FI', { 'FI-10': 'Lappland' }),
  ...parts('FR', { 'FR-BRE': 'Bretagne', 'FR-PAC': 'Provence-Alpes-Côte d’Azur' }),
  ...parts('GB', { 'GB-ENG': 'England', 'GB-SCT': 'Schottland' }),
  ...parts('GR', { 'GR-L': 'Südliche Ägäis', 'GR-M': 'Kreta' }),
  ...parts('HR', { 'HR-17': 'Split-Dalmatien' }),
  ...parts('IT', { 'IT-32': 'Trentino-Südtirol', 'IT-52': 'Toskana', 'IT-62': 'Latium', 'IT-82': 'Sizilien' }),
  ...parts('JP', { 'JP-13': 'Tokio', 'JP-26': 'Kyoto' }),
  ...parts('NO', { 'NO-18': 'Nordland', 'NO-46': 'Vestland', 'NO-55': 'Troms' }),
  ...parts('PT', { 'PT-08': 'Algarve (Faro)', 'PT-20': 'Azoren', 'PT-30': 'Madeira' }),
  ...parts('SE', { 'SE-AB': 'Stockholm', 'SE-BD': 'Norrbotten' }),
];

type Row = readonly [
  id: string,
  titleDe: string,
  titleEn: string,
  teaserDe: string,
  teaserEn: string,
  themes: string,
  regions: string,
  brand: string,
  euros: readonly [adult: number, child: number, infant: number, nonDiscountable: number],
  departInDays: readonly number[],
  nights: number,
];

const N = 'nordlicht';
const F = 'fjell-und-meer';
const K = 'kleine-fluchten';

// One trip a line.
// prettier-ignore
const ROWS: readonly Row[] = [
  ['lofoten-wandern', 'Lofoten: Wandern zwischen Meer und Gipfeln', 'Lofoten: hiking between sea and summits', 'Rote Fischerhütten, weiße Strände und Touren mit Ausblick bis zum Horizont.', 'Red cabins, white beaches and walks with views to the horizon.', 'wandern natur', 'NO NO-18', F, [1890, 1290, 120, 60], [68, 96, 124, 180], 7],
  ['tromso-nordlicht', 'Nordlichter über Tromsø', 'Northern lights over Tromsø', 'Vier Nächte unter dem Polarhimmel, mit Schlittenhunden und Sami-Abend.', 'Four nights under the polar sky, with huskies and a Sámi evening.', 'winter natur', 'NO NO-55', N, [1490, 990, 90, 40], [24, 45, 66, 87], 4],
  ['hurtig-postschiff', 'Mit dem Postschiff von Bergen nach Kirkenes', 'Coastal voyage from Bergen to Kirkenes', 'Zwölf Tage, 34 Häfen und die schönste Küste der Welt vor dem Kabinenfenster.', 'Twelve days, 34 ports and the finest coast in the world.', 'kreuzfahrt natur', 'NO NO-46 NO-18', F, [2690, 1790, 150, 140], [54, 82, 138, 201], 11],
  ['bergen-fjorde', 'Fjorde und Bergenbahn', 'Fjords and the Bergen railway', 'Mit Zug und Fähre durch Sognefjord und Hardangervidda.', 'By train and ferry through the Sognefjord and the Hardangervidda.', 'natur kultur', 'NO NO-46', N, [1240, 840, 80, 35], [75, 110, 160], 5],
  ['island-ringstrasse', 'Island: die Ringstraße in zehn Tagen', 'Iceland: the ring road in ten days', 'Wasserfälle, Gletscherlagune und heiße Quellen im eigenen Rhythmus.', 'Waterfalls, a glacier lagoon and hot springs at your own pace.', 'natur wandern', 'IS', N, [2290, 1590, 180, 80], [90, 140, 175, 210], 10],
  ['island-winter', 'Island im Winterlicht', 'Iceland in winter light', 'Eishöhlen, Geysire und mit Glück das Polarlicht über Reykjavík.', 'Ice caves, geysers and with luck the aurora over Reykjavík.', 'winter natur', 'IS', F, [1390, 950, 90, 45], [21, 49, 77], 5],
  ['lappland-familie', 'Lappland für die ganze Familie', 'Lapland for the whole family', 'Rentiere, Rodelhang und ein Besuch bei den Wichteln am Polarkreis.', 'Reindeer, sledging and a visit to the elves on the Arctic Circle.', 'winter familie', 'FI FI-10', N, [1590, 890, 100, 50], [30, 58, 86], 5],
  ['helsinki-sauna', 'Helsinki: Design und Sauna', 'Helsinki: design and sauna', 'Jugendstil, Markthalle und ein Sprung in die Ostsee.', 'Art nouveau, the market hall and a dip in the Baltic.', 'stadt wellness', 'FI', K, [590, 390, 40, 20], [18, 39, 60, 102], 3],
  ['stockholm-schaeren', 'Stockholm und seine Schären', 'Stockholm and its archipelago', 'Altstadtgassen, Vasa-Museum und drei Tage auf den Inseln.', 'Old town lanes, the Vasa museum and three days on the islands.', 'stadt natur', 'SE SE-AB', N, [890, 590, 60, 25], [40, 96, 145], 5],
  ['kungsleden', 'Auf dem Kungsleden nach Abisko', 'Along the Kungsleden to Abisko', 'Hüttenwanderung durch die letzte Wildnis Europas.', 'Hut to hut through the last wilderness of Europe.', 'wandern natur', 'SE SE-BD', F, [1350, 990, 0, 30], [200, 221, 242], 8],
  ['kopenhagen-hygge', 'Kopenhagen: drei Tage Hygge', 'Copenhagen: three days of hygge', 'Nyhavn, neue nordische Küche und das Rad immer dabei.', 'Nyhavn, new Nordic cooking and always a bicycle.', 'stadt kultur', 'DK DK-84', K, [480, 320, 30, 15], [17, 31, 59, 94], 3],
  ['nordseekueste-rad', 'Nordseeküste mit dem Rad', 'North Sea coast by bike', 'Von Husum bis Sylt, immer am Deich entlang.', 'From Husum to Sylt, always along the dyke.', 'rad natur', 'DE DE-SH', F, [790, 490, 0, 20], [130, 158, 186], 6],
  ['ruegen-kreide', 'Rügen: Kreidefelsen und Seebrücken', 'Rügen: chalk cliffs and piers', 'Bäderarchitektur, Buchenwald und ein Hotel direkt am Strand.', 'Resort architecture, beech woods and a hotel right on the beach.', 'strand familie', 'DE DE-MV', K, [640, 320, 0, 15], [50, 120, 171], 6],
  ['hamburg-elphi', 'Hamburg mit Elbphilharmonie', 'Hamburg with the Elbphilharmonie', 'Konzertkarte, Hafenrundfahrt und ein Zimmer mit Elbblick.', 'Concert ticket, harbour tour and a room above the Elbe.', 'stadt kultur', 'DE DE-HH', K, [420, 290, 25, 10], [20, 34, 48, 76], 2],
  ['berlin-museen', 'Berlin: Museen und Mauergeschichten', 'Berlin: museums and stories of the Wall', 'Museumsinsel, East Side Gallery und Abende in Neukölln.', 'Museum Island, East Side Gallery and evenings in Neukölln.', 'stadt kultur', 'DE DE-BE', K, [360, 240, 20, 10], [16, 44, 72], 3],
  ['saechsische-schweiz', 'Malerweg in der Sächsischen Schweiz', 'The Painters’ Way in Saxon Switzerland', 'Sandsteinnadeln, Stiegen und gemütliche Pensionen.', 'Sandstone needles, ladders and cosy guest houses.', 'wandern', 'DE DE-SN', F, [690, 490, 0, 15], [140, 168, 196], 6],
  ['allgaeu-wellness', 'Allgäuer Auszeit', 'Time out in the Allgäu', 'Heubad, Alpenpanorama und Frühstück bis mittags.', 'Hay bath, alpine panorama and breakfast until noon.', 'wellness wandern', 'DE DE-BY', K, [740, 410, 30, 20], [25, 53, 81, 130], 4],
  ['wien-walzer', 'Wien im Walzertakt', 'Vienna in waltz time', 'Kaffeehaus, Oper und ein Spaziergang durch Schönbrunn.', 'Coffee house, opera and a walk through Schönbrunn.', 'stadt kultur', 'AT AT-9', K, [520, 350, 30, 15], [19, 40, 61, 110], 3],
  ['tirol-familienalm', 'Familienalm in Tirol', 'Family farm in Tyrol', 'Ponys, Heuboden und Wanderungen, die auch Kindern Spaß machen.', 'Ponies, a hayloft and walks that children like, too.', 'familie wandern', 'AT AT-7', N, [890, 390, 0, 20], [110, 145, 173, 208], 7],
  ['stubai-ski', 'Skiwoche im Stubaital', 'Ski week in the Stubai valley', 'Sieben Nächte mit Skipass und Gletscherpanorama.', 'Seven nights with ski pass and glacier views.', 'winter familie', 'AT AT-7', N, [1180, 690, 60, 30], [33, 54, 82], 7],
  ['salzburg-festspiele', 'Salzburg zur Festspielzeit', 'Salzburg at festival time', 'Mozartstadt mit Karten für die Felsenreitschule.', 'Mozart’s city with tickets for the Felsenreitschule.', 'kultur stadt', 'AT AT-5', K, [980, 690, 50, 180], [240, 247, 254], 3],
  ['glacier-express', 'Glacier Express von Zermatt nach St. Moritz', 'Glacier Express from Zermatt to St. Moritz', '291 Brücken, 91 Tunnel und Panoramawagen mit Menü.', '291 bridges, 91 tunnels and a panorama car with lunch.', 'kultur natur', 'CH CH-VS CH-GR', N, [1690, 1120, 90, 45], [62, 118, 181], 5],
  ['suedtirol-genuss', 'Südtirol: Törggelen und Dolomiten', 'South Tyrol: new wine and Dolomites', 'Weinberge, Waalwege und abends Schlutzkrapfen.', 'Vineyards, waterside paths and ravioli in the evening.', 'wandern kultur', 'IT IT-32', F, [920, 610, 50, 20], [120, 290, 304], 6],
  ['toskana-rad', 'Toskana mit dem E-Bike', 'Tuscany by e-bike', 'Zypressen, Chianti und die Türme von San Gimignano.', 'Cypresses, Chianti and the towers of San Gimignano.', 'rad kultur', 'IT IT-52', F, [1280, 890, 0, 30], [135, 163, 281], 7],
  ['rom-ewig', 'Rom: die Ewige Stadt', 'Rome: the Eternal City', 'Kolosseum ohne Schlange, Trastevere am Abend.', 'The Colosseum without a queue, Trastevere at night.', 'stadt kultur', 'IT IT-62', K, [620, 430, 40, 20], [22, 43, 85, 127], 4],
  ['sizilien-rundreise', 'Sizilien: Tempel und Vulkane', 'Sicily: temples and volcanoes', 'Von Palermo über Agrigent zum Ätna.', 'From Palermo by way of Agrigento to Etna.', 'kultur natur', 'IT IT-82', N, [1450, 980, 90, 40], [100, 128, 300], 8],
  ['mallorca-tramuntana', 'Mallorca: Wandern in der Tramuntana', 'Mallorca: hiking the Tramuntana', 'Trockenmauern, Orangenhaine und eine Finca mit Pool.', 'Dry stone walls, orange groves and a finca with a pool.', 'wandern strand', 'ES ES-PM', F, [990, 690, 60, 25], [80, 108, 136, 290], 7],
  ['mallorca-familie', 'Mallorca: Familienstrand Playa de Muro', 'Mallorca: family beach Playa de Muro', 'Flaches Wasser, Kinderclub und alles inklusive.', 'Shallow water, kids’ club and all inclusive.', 'strand familie', 'ES ES-PM', N, [1090, 540, 50, 30], [150, 178, 206, 234], 10],
  ['andalusien-mauren', 'Andalusien: auf den Spuren der Mauren', 'Andalusia: in the steps of the Moors', 'Alhambra, Mezquita und Tapas in Sevilla.', 'Alhambra, Mezquita and tapas in Seville.', 'kultur', 'ES ES-AN', N, [1290, 880, 80, 35], [95, 123, 309], 7],
  ['teneriffa-sterne', 'Teneriffa: Teide und Sterne', 'Tenerife: Teide and stars', 'Lorbeerwald, schwarzer Strand und der klarste Himmel Europas.', 'Laurel forest, black beaches and the clearest sky in Europe.', 'strand natur', 'ES ES-TF', F, [1150, 760, 70, 30], [35, 63, 91], 7],
  ['barcelona-gaudi', 'Barcelona: Gaudí und Meer', 'Barcelona: Gaudí and the sea', 'Sagrada Família, Boqueria und ein Abend am Strand.', 'Sagrada Família, the Boqueria and an evening on the beach.', 'stadt strand', 'ES ES-CT', K, [560, 390, 35, 20], [26, 61, 117], 4],
  ['algarve-klippen', 'Algarve: der Weg der Fischer', 'Algarve: the fishermen’s trail', 'Klippen, Grotten und gegrillter Fisch in Sagres.', 'Cliffs, grottoes and grilled fish in Sagres.', 'strand wandern', 'PT PT-08', F, [870, 590, 50, 25], [70, 105, 140], 7],
  ['azoren-wale', 'Azoren: Wale und Kraterseen', 'Azores: whales and crater lakes', 'Mit Biologen aufs Meer, zu Fuß um Sete Cidades.', 'To sea with biologists, on foot around Sete Cidades.', 'natur wandern', 'PT PT-20', N, [1690, 1150, 100, 45], [115, 150, 185], 8],
  ['madeira-levada', 'Madeira: Levadas und Blumen', 'Madeira: levadas and flowers', 'Ewiger Frühling auf schmalen Wegen am Wasser.', 'Eternal spring on narrow paths beside the water.', 'wandern wellness', 'PT PT-30', F, [1090, 740, 60, 30], [28, 56, 84, 140], 7],
  ['provence-lavendel', 'Provence zur Lavendelblüte', 'Provence in lavender time', 'Märkte, Ockerfelsen und violette Felder bis zum Luberon.', 'Markets, ochre cliffs and violet fields up to the Luberon.', 'kultur rad', 'FR FR-PAC', K, [1180, 790, 70, 30], [215, 222, 229], 6],
  ['bretagne-leuchttuerme', 'Bretagne: Leuchttürme und Crêpes', 'Brittany: lighthouses and crêpes', 'Rosa Granit, Austern und Zöllnerpfad.', 'Pink granite, oysters and the customs path.', 'natur familie', 'FR FR-BRE', N, [970, 560, 50, 25], [145, 180, 215], 7],
  ['schottland-highlands', 'Schottland: Highlands und Whisky', 'Scotland: Highlands and whisky', 'Glencoe, Isle of Skye und drei Destillerien.', 'Glencoe, the Isle of Skye and three distilleries.', 'natur kultur', 'GB GB-SCT', N, [1390, 950, 80, 40], [105, 147, 189], 8],
  ['cornwall-gaerten', 'Cornwall: Gärten und Klippen', 'Cornwall: gardens and cliffs', 'Eden Project, Cream Tea und St. Michael’s Mount.', 'Eden Project, cream tea and St Michael’s Mount.', 'kultur wandern', 'GB GB-ENG', K, [1260, 850, 70, 35], [155, 190], 7],
  ['irland-atlantik', 'Irland: der wilde Atlantik', 'Ireland: the wild Atlantic way', 'Cliffs of Moher, Connemara und Musik im Pub.', 'Cliffs of Moher, Connemara and music in the pub.', 'natur kultur', 'IE', F, [1180, 790, 70, 30], [112, 154, 196], 7],
  ['kreta-schluchten', 'Kreta: Schluchten und Strände', 'Crete: gorges and beaches', 'Samaria-Schlucht, Tavernen und Buchten im Süden.', 'The Samaria gorge, tavernas and coves in the south.', 'strand wandern', 'GR GR-M', N, [1080, 720, 60, 30], [140, 168, 300], 10],
  ['kykladen-segeln', 'Kykladen: Segeln von Insel zu Insel', 'Cyclades: sailing from island to island', 'Acht Kojen, ein Skipper und jeden Abend ein anderer Hafen.', 'Eight berths, a skipper and another harbour every evening.', 'kreuzfahrt strand', 'GR GR-L', F, [1590, 1190, 0, 90], [190, 204, 218], 7],
  ['dalmatien-inseln', 'Dalmatien: Inselhüpfen mit Rad und Schiff', 'Dalmatia: island hopping by bike and boat', 'Split, Brač, Hvar und dazwischen das klarste Wasser.', 'Split, Brač, Hvar and the clearest water in between.', 'rad kreuzfahrt', 'HR HR-17', F, [1340, 940, 0, 70], [150, 178, 290], 7],
  ['rhein-holland', 'Flusskreuzfahrt zu Tulpen und Mühlen', 'River cruise to tulips and windmills', 'Von Köln nach Amsterdam, mit Landausflügen ohne Aufpreis.', 'From Cologne to Amsterdam, shore trips included.', 'kreuzfahrt kultur', 'NL DE', N, [1120, 690, 60, 85], [125, 139, 153], 6],
  ['masuren-kajak', 'Masuren: Kajak und Seenstille', 'Masuria: kayaks and quiet lakes', 'Auf der Krutynia durch Wald und Schilf.', 'Down the Krutynia through woods and reeds.', 'natur familie', 'PL', K, [680, 420, 0, 15], [170, 198, 226], 6],
  ['namibia-selbstfahrer', 'Namibia: Dünen und Wüstenlöwen', 'Namibia: dunes and desert lions', 'Selbstfahrerreise von Sossusvlei bis Etosha.', 'Self-drive from Sossusvlei to Etosha.', 'natur', 'NA', N, [3290, 2290, 320, 160], [85, 160, 230], 14],
  ['kapstadt-gartenroute', 'Kapstadt und Gartenroute', 'Cape Town and the Garden Route', 'Tafelberg, Weingüter und Wale vor Hermanus.', 'Table Mountain, wine estates and whales off Hermanus.', 'natur kultur', 'ZA', N, [2890, 1990, 290, 130], [46, 102, 270], 12],
  ['costarica-familie', 'Costa Rica: Faultiere und Vulkane', 'Costa Rica: sloths and volcanoes', 'Regenwald, zwei Meere und viel Zeit für Kinderfragen.', 'Rainforest, two oceans and time for children’s questions.', 'familie natur', 'CR', F, [2790, 1890, 280, 140], [72, 100, 240], 14],
  ['kanada-rockies', 'Kanada: Rocky Mountains im Wohnmobil', 'Canada: the Rockies by motorhome', 'Von Calgary über Banff bis Vancouver.', 'From Calgary by way of Banff to Vancouver.', 'natur familie', 'CA CA-AB CA-BC', N, [3190, 2190, 310, 170], [180, 208, 270], 15],
  ['japan-kirschbluete', 'Japan zur Kirschblüte', 'Japan in cherry blossom time', 'Tokio, Kyoto und eine Nacht im Ryokan.', 'Tokyo, Kyoto and a night in a ryokan.', 'kultur stadt', 'JP JP-13 JP-26', N, [3490, 2590, 330, 120], [122, 129, 136], 12],
  ['neuseeland-zwei-inseln', 'Neuseeland: zwei Inseln, drei Wochen', 'New Zealand: two islands, three weeks', 'Fjorde, Geysire und Kiwis in freier Natur.', 'Fjords, geysers and kiwis in the wild.', 'natur wandern', 'NZ', N, [4290, 3190, 420, 180], [60, 95, 340], 21],
];

export const DEMO_TRIPS: readonly DemoTrip[] = ROWS.map(
  ([
    id,
    titleDe,
    titleEn,
    teaserDe,
    teaserEn,
    themes,
    regions,
    brand,
    [adult, child, infant, nonDiscountable],
    departInDays,
    nights,
  ]) => ({
    id,
    product: id,
    title: { de: titleDe, en: titleEn },
    teaser: { de: teaserDe, en: teaserEn },
    themes: themes.split(' '),
    regions: regions.split(' '),
    brand,
    adultPrice: adult * 100,
    childPrice: child * 100,
    infantPrice: infant * 100,
    nonDiscountable: nonDiscountable * 100,
    departInDays,
    nights,
  }),
);

function countries(names: Readonly<Record<string, string>>): { id: string; name: string; parent: null }[] {
  return Object.entries(names).map(([id, name]) => ({ id, name, parent: null }));
}

function parts(
  parent: string,
  names: Readonly<Record<string, string>>,
): { id: string; name: string; parent: string }[] {
  return Object.entries(names).map(([id, name]) => ({ id, name, parent }));
}
