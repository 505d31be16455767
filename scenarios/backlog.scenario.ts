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

/** The fleet takes from them while they are added: enough for more than 5,000 to wait when it is next looked at, on a slow machine too. */
export default defineScenario({
  id: 'backlog',
  title: 'a flood crosses the alert thresholds of waiting and active jobs; the fleet works it off by itself',
  fault: { kind: 'backlog', jobs: { queues, count: 8000 } },
  symptoms: [
    { claim: 'over-threshold', metric: 'waiting' },
    { claim: 'over-threshold', metric: 'active' },
  ],
  selfHealing: true,
  health: { queues },
});
