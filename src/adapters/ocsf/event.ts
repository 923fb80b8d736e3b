/** provisional */
export interface OcsfEvent {
  readonly class_uid: number; readonly type_uid: number; readonly time: number;
  readonly metadata: { readonly uid: string; readonly version: string; readonly event_code: string; readonly correlation_uid?: string; readonly sequence?: number };
  readonly unmapped: { readonly sallyport: Readonly<Record<string, unknown>> };
}
