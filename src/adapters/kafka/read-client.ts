/** What is used of kafkajs to read. Its `Kafka` fits. */
export interface KafkaReadClient {
  admin(): KafkaAdmin;
  consumer(config: { groupId: string }): KafkaConsumer;
}

export interface KafkaAdmin {
  connect(): Promise<void>;
  disconnect(): Promise<void>;
  fetchTopicOffsets(topic: string): Promise<{ partition: number; high: string; low: string }[]>;
  fetchTopicOffsetsByTimestamp(topic: string, timestamp?: number): Promise<{ partition: number; offset: string }[]>;
  deleteGroups(groupIds: string[]): Promise<unknown>;
}

export interface KafkaConsumer {
  connect(): Promise<void>;
  disconnect(): Promise<void>;
  subscribe(subscription: { topics: string[]; fromBeginning?: boolean }): Promise<void>;
  seek(to: { topic: string; partition: number; offset: string }): void;
  run(config: {
    autoCommit?: boolean;
    eachBatchAutoResolve?: boolean;
    eachBatch?: (payload: BatchPayload) => Promise<void>;
  }): Promise<void>;
}

export interface BatchPayload {
  batch: { topic: string; partition: number; messages: ReadMessage[]; lastOffset(): string };
  resolveOffset(offset: string): void;
  heartbeat(): Promise<void>;
}

export interface ReadMessage {
  value: Buffer | null;
  offset: string;
  timestamp: string;
  headers?: Record<string, unknown>;
}
