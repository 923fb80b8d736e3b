import { AccessError } from '../../../core/index.js';
import type { DriverColumn } from './api.js';

interface PatchableColumn extends DriverColumn {
  _getRowValue?: (row: { readonly values?: readonly unknown[] | null }) => unknown;
  _getRowValueAsString?: unknown;
}

/**
 * Makes the driver's columns hand out what the server sent, and undefined for a cell that it did not send. Its own
 * conversion evaluates text as code, rounds numbers, sends telemetry when
 * it does, and throws where nobody can catch it. Throws ENGINE_UNAVAILABLE for a driver whose columns are made
 * otherwise.
 */
export function exposeRawValues(columns: readonly DriverColumn[]): void {
  for (const [index, column] of (columns as readonly PatchableColumn[]).entries()) {
    if (typeof column._getRowValue !== 'function')
      throw new AccessError('ENGINE_UNAVAILABLE', 'this version of snowflake-sdk is not supported', {
        detail: { step: 'driver' },
      });
    column._getRowValue = (row) => row.values?.[index];
    column._getRowValueAsString = column._getRowValue;
  }
}
