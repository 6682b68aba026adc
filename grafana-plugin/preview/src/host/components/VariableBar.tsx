// The dashboard's variables as dropdowns.
import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { Combobox, Icon, InlineField, Input, MultiCombobox, Tooltip, useStyles2 } from '@grafana/ui';
import type { VariableModel } from '../dashboard.ts';
import { ALL, type ResolvedVariable } from '../variables.ts';
import type { UpdateUrl } from './use-url-state.ts';

export interface VariableBarProps {
  readonly variables: readonly ResolvedVariable[];
  /** From the address; what is changed here joins it. */
  readonly chosen: ReadonlyMap<string, readonly string[]>;
  readonly updateUrl: UpdateUrl;
}

export function VariableBar({ variables, chosen, updateUrl }: VariableBarProps): React.JSX.Element | null {
  const styles = useStyles2(getStyles);
  const shown = variables.filter(({ model }) => !model.hidden && model.type !== 'constant');
  if (shown.length === 0) return null;
  return (
    <div className={styles.bar}>
      {shown.map((variable) => (
        <InlineField
          key={variable.model.name}
          label={variable.model.label}
          htmlFor={controlId(variable.model)}
          className={styles.field}
        >
          <div className={styles.control}>
            <VariableControl
              variable={variable}
              onChange={(values) => {
                updateUrl({ variables: new Map([...chosen, [variable.model.name, values]]) });
              }}
            />
            {variable.problem !== undefined && (
              <Tooltip content={variable.problem}>
                <Icon name="exclamation-triangle" aria-label={variable.problem} />
              </Tooltip>
            )}
          </div>
        </InlineField>
      ))}
    </div>
  );
}

const controlId = ({ name }: VariableModel): string => `var-${name}`;

interface VariableControlProps {
  readonly variable: ResolvedVariable;
  readonly onChange: (values: readonly string[]) => void;
}

function VariableControl({ variable, onChange }: VariableControlProps): React.JSX.Element {
  const { model, options, selected } = variable;
  const id = controlId(model);
  if (model.type === 'datasource') return <Input id={id} width={20} value={selected[0] ?? ''} disabled readOnly />;
  if (model.type === 'textbox') {
    return (
      <Input
        id={id}
        width={24}
        defaultValue={selected[0] ?? ''}
        onBlur={(event) => {
          onChange([event.currentTarget.value]);
        }}
      />
    );
  }
  const known = [...new Set([...options, ...selected.filter((value) => value !== ALL)])];
  const choices = [
    ...(model.includeAll ? [{ value: ALL, label: 'All' }] : []),
    ...known.map((value) => ({ value, label: value })),
  ];
  if (!model.multi) {
    return (
      <Combobox
        id={id}
        width="auto"
        minWidth={16}
        maxWidth={48}
        options={choices}
        value={selected[0] ?? null}
        placeholder="none found"
        onChange={({ value }) => {
          onChange([value]);
        }}
      />
    );
  }
  return (
    <MultiCombobox
      id={id}
      width="auto"
      minWidth={16}
      maxWidth={64}
      options={choices}
      value={[...selected]}
      placeholder="none found"
      onChange={(picked) => {
        onChange(
          exclusiveAll(
            picked.map(({ value }) => value),
            selected
          )
        );
      }}
    />
  );
}

/** "All" and single values exclude each other; the newer choice wins, and nothing chosen means all. */
function exclusiveAll(picked: readonly string[], before: readonly string[]): readonly string[] {
  if (picked.length === 0) return [ALL];
  if (!picked.includes(ALL)) return picked;
  return before.includes(ALL) && picked.length > 1 ? picked.filter((value) => value !== ALL) : [ALL];
}

const getStyles = (theme: GrafanaTheme2) => ({
  bar: css({ display: 'flex', flexWrap: 'wrap', gap: theme.spacing(1), marginBottom: theme.spacing(1) }),
  field: css({ margin: 0 }),
  control: css({ display: 'flex', alignItems: 'center', gap: theme.spacing(0.5) }),
});
