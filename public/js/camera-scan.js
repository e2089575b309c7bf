/**
 * Reads a QR or bar code with the camera into a field and sends its form, as a scanner that types does. The browser's own
 * reader where it has one, else ZXing as WebAssembly, which is loaded when the camera is asked for.
 */
const FORMATS = ['qr_code', 'code_128'];
const LOOKS_PER_SECOND = 6;
const button = document.querySelector('[data-camera-open]');
if (button instanceof HTMLButtonElement && navigator.mediaDevices?.getUserMedia) start(button);

function start(open) {
  const dialog = document.getElementById(open.getAttribute('aria-controls'));
  const video = dialog.querySelector('video');
  const light = dialog.querySelector('[data-camera-light]');
  const said = document.querySelector('[data-camera-said]');
  const field = document.getElementById(open.dataset.cameraOpen);
  /** Ends the reading that runs; each one has its own. */
  let running = null;
  open.hidden = false;
  open.addEventListener('click', () => void read());
  dialog.addEventListener('close', () => running?.abort());
  window.addEventListener('pagehide', () => running?.abort());
  light.addEventListener('click', () => void setLight(light.getAttribute('aria-pressed') !== 'true'));

  async function read() {
    running?.abort();
    const reading = new AbortController();
    running = reading;
    said.textContent = '';
    dialog.showModal();
    let stream = null;
    try {
      stream = await navigator.mediaDevices.getUserMedia({
        video: { facingMode: 'environment', width: { ideal: 1280 } },
        audio: false,
      });
      if (reading.signal.aborted) return;
      video.srcObject = stream;
      light.hidden = stream.getVideoTracks()[0]?.getCapabilities?.().torch !== true;
      const [detector] = await Promise.all([detectorOf(dialog.dataset), video.play()]);
      const code = await firstCode(detector, video, reading.signal);
      if (code === null) return;
      field.value = code;
      field.form.requestSubmit();
    } catch (error) {
      if (!reading.signal.aborted) said.textContent = sentenceOf(error, said.dataset);
    } finally {
      for (const track of stream?.getTracks() ?? []) track.stop();
      if (running === reading) {
        running = null;
        video.srcObject = null;
        dialog.close();
        field.focus();
      }
    }
  }

  async function setLight(isOn) {
    const [track] = video.srcObject?.getVideoTracks() ?? [];
    await track?.applyConstraints({ advanced: [{ torch: isOn }] });
    light.setAttribute('aria-pressed', String(isOn));
  }
}

/** The first code in sight; null when the reading was ended. */
async function firstCode(detector, video, signal) {
  while (!signal.aborted) {
    const [found] = video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA ? await detector.detect(video) : [];
    const text = found?.rawValue.trim() ?? '';
    if (text !== '' && !signal.aborted) return text;
    await new Promise((resolve) => setTimeout(resolve, 1000 / LOOKS_PER_SECOND));
  }
  return null;
}

async function detectorOf({ reader, wasm }) {
  const own = window.BarcodeDetector;
  const formats = own === undefined ? [] : await own.getSupportedFormats();
  if (FORMATS.every((format) => formats.includes(format))) return new own({ formats: FORMATS });
  if (window.BarcodeDetectionAPI === undefined) await loadScript(reader);
  const { BarcodeDetector, prepareZXingModule } = window.BarcodeDetectionAPI;
  await prepareZXingModule({ overrides: { locateFile: () => wasm }, fireImmediately: true });
  return new BarcodeDetector({ formats: FORMATS });
}

function loadScript(src) {
  return new Promise((resolve, reject) => {
    const script = document.createElement('script');
    script.addEventListener('load', resolve);
    script.addEventListener('error', () => reject(new Error('the reader of codes was not loaded')));
    script.src = src;
    document.head.append(script);
  });
}

function sentenceOf(error, { denied, missing, failed }) {
  if (error?.name === 'NotAllowedError' || error?.name === 'SecurityError') return denied;
  return ['NotFoundError', 'OverconstrainedError', 'NotReadableError'].includes(error?.name) ? missing : failed;
}
