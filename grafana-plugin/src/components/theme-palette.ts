// Grafana's theme as the panel's palette: blue works, amber waits, violet is paused, red failed, green is money.
import { colorManipulator, type GrafanaTheme2 } from '@grafana/data';
import { AGENT_STATES, type AgentState } from 'orchestrator-exporter/contract/states';
import type { Palette } from '../draw/palette.ts';
import { plainText } from '../layout/label-fit.ts';
import type { StateLooks } from '../read/state-looks.ts';
import { stateWord } from './state-words.ts';

/**
 * Follows the theme, light or dark; colours come from Grafana's own named palette. Mappings and overrides win over them. A
 * transparent panel stands on the dashboard's ground instead of its own.
 */
export function themePalette(theme: GrafanaTheme2, looks: StateLooks = {}, transparent = false): Palette {
  const { canvas, primary } = theme.colors.background;
  return { ...withLooks(ownPalette(theme), looks, theme), background: transparent ? canvas : primary };
}

function ownPalette(theme: GrafanaTheme2): Palette {
  const { visualization, colors, typography, isDark } = theme;
  const named = (name: string) => visualization.getColorByName(name);
  const alpha = (color: string, opacity: number) => colorManipulator.alpha(color, opacity);
  const blue = named('blue');
  const green = isDark ? named('green') : named('semi-dark-green');
  const orange = isDark ? named('orange') : named('semi-dark-orange');
  const red = named('red');
  const amber = isDark ? '#CCA300' : '#C69B06';
  const paused = isDark ? '#7A5291' : '#C08AD8';
  const onBlue = isDark ? '#0B1220' : '#FFFFFF';
  const line = isDark ? '#CCCCDC' : '#24292E';
  return {
    text: colors.text.primary,
    weakText: colors.text.secondary,
    faintText: alpha(colors.text.primary, isDark ? 0.42 : 0.48),
    background: colors.background.primary,
    grid: alpha(line, isDark ? 0.07 : 0.08),
    separator: alpha(line, isDark ? 0.1 : 0.11),
    state: {
      idle: alpha(line, isDark ? 0.16 : 0.2),
      queued: alpha(line, isDark ? 0.55 : 0.6),
      running: blue,
      waiting: amber,
      paused,
      completed: alpha(line, isDark ? 0.26 : 0.3),
      failed: red,
    },
    stateName: perState(stateWord),
    onState: {
      idle: colors.text.primary,
      queued: colors.text.primary,
      running: onBlue,
      waiting: colors.text.primary,
      paused: isDark ? '#F4EAFB' : '#2A1138',
      completed: colors.text.primary,
      failed: '#FFFFFF',
    },
    run: alpha(blue, isDark ? 0.42 : 0.36),
    toolRunning: isDark ? named('light-blue') : named('semi-dark-blue'),
    waitingGround: isDark ? '#4A3D0C' : '#F5E6B3',
    now: isDark ? named('blue') : named('semi-dark-blue'),
    onNow: isDark ? '#0B1220' : '#FFFFFF',
    money: green,
    moneyTop: alpha(green, isDark ? 0.36 : 0.3),
    moneyBottom: alpha(green, isDark ? 0.04 : 0.06),
    overspentTop: alpha(red, 0.08),
    overspentBottom: alpha(red, 0.3),
    forecast: orange,
    cone: alpha(orange, isDark ? 0.2 : 0.18),
    warning: orange,
    critical: red,
    fontFamily: typography.fontFamily,
    monoFamily: typography.fontFamilyMonospace,
  };
}

function perState<T>(valueOf: (state: AgentState) => T): Record<AgentState, T> {
  const [idle, queued, running, waiting, paused, completed, failed] = AGENT_STATES;
  return {
    idle: valueOf(idle),
    queued: valueOf(queued),
    running: valueOf(running),
    waiting: valueOf(waiting),
    paused: valueOf(paused),
    completed: valueOf(completed),
    failed: valueOf(failed),
  };
}

const HEX = /^#(?:[0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8})$/i;
/** What Grafana's colour parser reads as black because it is black; all else that it reads so is no colour. */
const BLACK = /^(?:black$|(?:rgb|hsl|hsv)a?\()/i;

/** Any CSS colour as hex; undefined for what is none: it would stop the drawing, or load an address as a background. */
export function knownColor(color: string): string | undefined {
  if (HEX.test(color)) {
    return color;
  }
  const hex = color.startsWith('#') ? '#000000' : colorManipulator.asHexString(color);
  return hex === '#000000' && !BLACK.test(color) ? undefined : hex;
}

function withLooks(own: Palette, looks: StateLooks, theme: GrafanaTheme2): Palette {
  const colorOf = (state: AgentState) => {
    const color = looks[state]?.color;
    return color === undefined || color === '' ? undefined : knownColor(theme.visualization.getColorByName(color));
  };
  const onColor = (state: AgentState) => {
    const color = colorOf(state);
    return color === undefined ? own.onState[state] : theme.colors.getContrastText(color);
  };
  const [running, waiting] = [colorOf('running'), colorOf('waiting')];
  return {
    ...own,
    state: perState((state) => colorOf(state) ?? own.state[state]),
    stateName: perState((state) => plainText(looks[state]?.name ?? stateWord(state))),
    onState: perState(onColor),
    toolRunning: running ?? own.toolRunning,
    run: running === undefined ? own.run : colorManipulator.alpha(running, 0.4),
    waitingGround: waiting === undefined ? own.waitingGround : colorManipulator.alpha(waiting, 0.3),
  };
}
