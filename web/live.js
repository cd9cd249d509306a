// Asking again: what is shown is asked for every few seconds, and not at all while nobody looks or the button is off.

import { NoConnection } from "./api.js";

const watches = new Set();
let live = true;

const awake = () => live && !document.hidden;

class Watch {
  constructor(ask, show, period, fail) {
    Object.assign(this, { ask, show, period, fail, timer: null, busy: false, again: false, stopped: false, last: undefined });
    watches.add(this);
    this.run();
  }

  // At once; a call that is on its way is waited for.
  async run() {
    clearTimeout(this.timer);
    if (this.stopped) return;
    if (this.busy) {
      this.again = true;
      return;
    }
    this.busy = true;
    try {
      const data = await this.ask();
      if (!this.stopped && data !== this.last) this.show(data);
      this.last = data;
    } catch (error) {
      // Without a connection what was shown stays; the banner says how old it is.
      if (!this.stopped && !(error instanceof NoConnection && this.last !== undefined)) {
        this.last = undefined;
        this.fail(error);
      }
    }
    this.busy = false;
    if (this.again) {
      this.again = false;
      this.run();
    } else {
      this.sleep();
    }
  }

  sleep() {
    clearTimeout(this.timer);
    if (!this.stopped && !this.busy && this.period && awake()) this.timer = setTimeout(() => this.run(), this.period);
  }

  // The question is another one: what the old one brings is not shown.
  restart() {
    this.last = undefined;
    return this.run();
  }

  stop() {
    this.stopped = true;
    clearTimeout(this.timer);
    watches.delete(this);
  }
}

// Calls `show` with what `ask` brings when it is another object than before; every `period` ms, 0: only now.
export const watch = (ask, show, { period = 5000, fail = () => {} } = {}) => new Watch(ask, show, period, fail);

export const refreshAll = () => {
  for (const one of watches) one.run();
};

export const isLive = () => live;

export function setLive(on) {
  live = on;
  wake();
}

function wake() {
  for (const one of watches) {
    if (awake() && one.period) one.run();
    else clearTimeout(one.timer);
  }
}
document.addEventListener("visibilitychange", wake);
