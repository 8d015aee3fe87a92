// The Worker that the probes of messages talk to: one answer for each message, see
// src/backends/probes/messages.rs.

let copy;

self.addEventListener('message', ({ data: { take, back, read } }) => {
  if (back) {
    self.postMessage({ back }, [back]);
    return;
  }
  if (read) {
    // Into memory of this Worker's own, where a clone would be, too.
    if (copy?.length !== read.length) copy = new Uint8Array(read.length);
    copy.set(read);
  }
  // A clone that was not made yet is made when it is looked at.
  self.postMessage({ length: take?.byteLength });
});
