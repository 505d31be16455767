import { defineScenario } from '../src/index.ts';

const queues = {
  names: [
    'rag.search',
    'agent.tools',
    'negotiation.state',
    'pricing.calculate',
    'stock.check',
    'guardrail.validate',
    'guardrail.sanitize',
    'payment.webhook',
    'alerts.dispatch',
    'campaign.track',
    'outreach.email.track',
    'outreach.whatsapp.receive',
  ],
};

/** The fleet works while jobs are added. Of 8,000 more than 5,000 still wait at the next sample, even if it is slow. */
export default defineScenario({
  id: 'backlog',
  title: 'a flood of jobs crosses the alert thresholds for waiting and active jobs; the fleet works it off by itself',
  fault: { kind: 'backlog', jobs: { queues, count: 8000 } },
  symptoms: [
    { claim: 'over-threshold', metric: 'waiting' },
    { claim: 'over-threshold', metric: 'active' },
  ],
  selfHealing: true,
  health: { queues },
});
