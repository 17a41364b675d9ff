/** What a run says to its caller: lines, facts, timings, failures and exit codes. */
package dev.peer.report;
