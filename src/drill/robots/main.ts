// The program of a robot. It gets its task as its only argument, reads the screen on stdin and types on stdout.
import { hasty } from './hasty.ts';
import { idle } from './idle.ts';
import { perfect } from './perfect.ts';
import { RobotScreen } from './robot-screen.ts';
import { byRunbook } from './runbook.ts';
import { stranger } from './stranger.ts';
import type { Robot, RobotName, RobotTask } from './robot.ts';

const robots: Readonly<Record<RobotName, Robot>> = {
  perfect,
  runbook: byRunbook,
  hasty,
  idle,
  stranger,
};

const task = JSON.parse(process.argv[2] ?? '') as RobotTask;
const screen = new RobotScreen(process.stdin, (keys) => void process.stdout.write(keys));
await screen.prompt();
await robots[task.name](screen, task);
// The terminal is taken away when the drill is over. Until then the robot stays at it.
await idle(screen, task);
