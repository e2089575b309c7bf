/**
 * Words that nobody wants to read on a present, in capitals. German and English, short ones too where nothing else begins
 * or ends like them often; a code is random, so one that is drawn anew costs nothing.
 */
const WORDS =
  'ANAL ANUS ARSCH ASS BITCH BOOB BUMS CLIT COCK COON CRAP CUM CUNT DEPP DICK DILDO DYKE FAG FCK FICK FOTZE FUCK ' +
  'FUT GEIL HASS HITLER HODE HURE IDIOT ISIS JUDE KACK KAK KILL KKK KOT LUDER MORD MONGO MUFF ' +
  'NAZI NEGER NIGGA NIGGER NSDAP NUTTE PENIS PIMMEL PISS PORN PUFF PUSSY RAPE SACK SAU SCHEISS SCHLAMPE SEX SHIT SLUT ' +
  'SPAST SPERMA SPIC SS SUCK TITS TITTE TOD TRANNY TURD TWAT VAGINA VULVA WANK WHORE WICHS WIXER XXX ZIGEUNER';

/** How people read a sign of a code as a letter: each place of the look-alike alphabet stands for one of these. */
const READINGS: Readonly<Record<string, string>> = {
  '0': 'O',
  '1': 'IL',
  '2': 'Z',
  '3': 'E',
  '4': 'A',
  '5': 'S',
  '6': 'G',
  '7': 'T',
  '8': 'B',
  '9': 'G',
  V: 'VU',
};

/** A code is looked through as many letters as a word has, sign by sign in each of its readings. */
const PATTERN = new RegExp(WORDS.split(' ').map(patternOf).join('|'));

/**
 * Whether people would read a rude word in a code in its stored form, also where digits look like letters.
 * isRude('7K2M5EX9QRT0ABCD') = true (SEX), isRude('7K2M9QXRT0ABCDEF') = false.
 */
export function isRude(code: string): boolean {
  return PATTERN.test(code);
}

function patternOf(word: string): string {
  return [...word].map((letter) => `[${letter}${signsFor(letter)}]`).join('');
}

function signsFor(letter: string): string {
  return Object.entries(READINGS)
    .filter(([, letters]) => letters.includes(letter))
    .map(([sign]) => sign)
    .join('');
}
