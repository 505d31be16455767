/** How long the steady state must hold, sandbox ms. It only proves the reset; a cure has to last for longer. */
export const steadyMs = 15_000;
