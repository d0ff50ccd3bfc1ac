// Gives Node a resolver for host names that are made up: `node --require no_resolver.cjs …`.
// Every name is at 127.0.0.1, but for those below missing.example.com, which do not exist.
"use strict";

const dns = require("node:dns");

const FOUND = { address: "127.0.0.1", family: 4 };

dns.lookup = (name, options, callback) => {
  const done = callback ?? options;
  if (name.endsWith(".missing.example.com")) {
    // The error of the resolver that this stands in for, in all its parts.
    const details = { code: "ENOTFOUND", errno: -3008, syscall: "getaddrinfo", hostname: name };
    const error = Object.assign(new Error(`getaddrinfo ENOTFOUND ${name}`), details);
    process.nextTick(done, error);
  } else if (options?.all) {
    process.nextTick(done, null, [FOUND]);
  } else {
    process.nextTick(done, null, FOUND.address, FOUND.family);
  }
};
