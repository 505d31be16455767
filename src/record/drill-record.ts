import type {
  DrillExtended,
  DrillPaused,
  DrillResumed,
  DrillOver,
  DrillQuiet,
  DrillRevealed,
  DrillStarted,
  DrillTriggered,
  HerringPlanted,
  HistoryEvent,
  PageSent,
  PlayerAcked,
  PlayerCommand,
  PlayerDeclared,
  PlayerEnded,
  PlayerFound,
  PlayerHinted,
  PlayerNoted,
  PlayerRead,
  PlayerShell,
  RecordRedacted,
} from '../history/events.ts';
import type { Instant } from './arm-record.ts';
import { RecordedRates } from './recorded-rates.ts';

/** What a history says about the drill and its player. Fed one event after the other. */
export class DrillRecord {
  started: (DrillStarted & Instant) | undefined;
  quiet: (DrillQuiet & Instant) | undefined;
  over: (DrillOver & Instant) | undefined;
  revealed: DrillRevealed | undefined;
  triggered: (DrillTriggered & Instant) | undefined;
  redacted: RecordRedacted | undefined;
  herring: (HerringPlanted & Instant) | undefined;
  ended: (PlayerEnded & Instant) | undefined;
  readonly extended: (DrillExtended & Instant)[] = [];
  readonly pauses: ((DrillPaused | DrillResumed) & Instant)[] = [];
  readonly pages: (PageSent & Instant)[] = [];
  readonly acked: (PlayerAcked & Instant)[] = [];
  readonly declared: (PlayerDeclared & Instant)[] = [];
  readonly found: (PlayerFound & Instant)[] = [];
  readonly noted: (PlayerNoted & Instant)[] = [];
  readonly hinted: (PlayerHinted & Instant)[] = [];
  readonly read: (PlayerRead & Instant)[] = [];
  readonly commands: (PlayerCommand & Instant)[] = [];
  readonly shells: (PlayerShell & Instant)[] = [];
  readonly rates = new RecordedRates();
  /** Bytes of the shell's report that were dropped. */
  lostBytes = 0;

  push(event: HistoryEvent): void {
    this.rates.push(event);
    switch (event.type) {
      case 'drill.started':
        this.started ??= event;
        break;
      case 'drill.quiet':
        this.quiet = event;
        break;
      case 'drill.over':
        this.over ??= event;
        break;
      case 'drill.revealed':
        this.revealed = event;
        break;
      case 'drill.triggered':
        this.triggered ??= event;
        break;
      case 'herring.planted':
        this.herring ??= event;
        break;
      case 'record.redacted':
        this.redacted = event;
        break;
      case 'player.ended':
        this.ended ??= event;
        break;
      default:
        this.#list(event);
    }
  }

  #list(event: HistoryEvent): void {
    switch (event.type) {
      case 'drill.paused':
      case 'drill.resumed':
        this.pauses.push(event);
        break;
      case 'drill.extended':
        this.extended.push(event);
        break;
      case 'page.sent':
        this.pages.push(event);
        break;
      case 'player.acked':
        this.acked.push(event);
        break;
      case 'player.declared':
        this.declared.push(event);
        break;
      case 'player.found':
        this.found.push(event);
        break;
      case 'player.noted':
        this.noted.push(event);
        break;
      case 'player.hinted':
        this.hinted.push(event);
        break;
      case 'player.read':
        this.read.push(event);
        break;
      case 'player.command':
        this.commands.push(event);
        break;
      case 'player.shell':
        this.shells.push(event);
        break;
      case 'player.lost':
        this.lostBytes += event.bytes;
        break;
      default:
    }
  }
}
