package dev.peer.pki.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.peer.core.id.Printable;
import dev.peer.core.json.JsonTree;
import dev.peer.pki.issue.Revocations;
import java.security.cert.X509CRL;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.security.auth.x500.X500Principal;

/** The content of a revocation list, for people. */
record ListInspection(
    String issuer,
    String number,
    String made,
    Optional<String> due,
    List<Revocations.Entry> revoked) {

  static ListInspection of(X509CRL list) {
    Revocations revocations = Revocations.of(list);
    return new ListInspection(
        Printable.plain(list.getIssuerX500Principal().getName(X500Principal.RFC2253)),
        revocations.number().toString(),
        list.getThisUpdate().toInstant().toString(),
        Optional.ofNullable(list.getNextUpdate()).map(next -> next.toInstant().toString()),
        revocations.entries());
  }

  List<String> lines() {
    List<String> lines = new ArrayList<>();
    lines.add(Inspection.line("issuer", issuer));
    lines.add(Inspection.line("number", number));
    lines.add(Inspection.line("made", made));
    lines.add(Inspection.line("next due", due.orElse("not said")));
    for (Revocations.Entry entry : revoked) {
      lines.add(
          Inspection.line(
              "revoked",
              entry.serial().toString(16) + " at " + entry.at() + ", " + entry.reasonName()));
    }
    return lines;
  }

  ObjectNode toJson() {
    ObjectNode json = JsonTree.object();
    json.put("issuer", issuer);
    json.put("number", number);
    json.put("thisUpdate", made);
    due.ifPresent(next -> json.put("nextUpdate", next));
    ArrayNode entries = json.putArray("revoked");
    for (Revocations.Entry entry : revoked) {
      ObjectNode one = entries.addObject();
      one.put("serial", entry.serial().toString(16));
      one.put("at", entry.at().toString());
      one.put("reason", entry.reasonName());
    }
    return json;
  }
}
