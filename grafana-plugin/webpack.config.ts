// The scaffold's webpack configuration as it is. Changes are merged here, never in .config.
import scaffold from './.config/webpack/webpack.config.ts';

export default scaffold;
