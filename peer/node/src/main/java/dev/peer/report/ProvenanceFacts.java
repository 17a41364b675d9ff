package dev.peer.report;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.peer.core.progress.TimeSpans;
import dev.peer.core.record.Provenance;
import dev.peer.core.record.ProvenanceJson;
import dev.peer.core.record.StageTimes;
import dev.peer.core.record.Tries;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Shows what shaped a run besides its inputs. */
public final class ProvenanceFacts {

  private ProvenanceFacts() {}

  /** A line for each fact. */
  public static List<String> lines(Provenance provenance) {
    return switch (provenance) {
      case Provenance.Unstated() ->
          List.of(Facts.line("started from", "not stated: evidence of peer 0.5, counts as any"));
      case Provenance.Stated stated -> lines(stated);
    };
  }

  private static List<String> lines(Provenance.Stated stated) {
    List<String> lines = new ArrayList<>();
    if (!stated.stages().list().isEmpty()) {
      lines.add(Facts.line("stages", text(stated.stages())));
    }
    lines.add(Facts.line("started from", stated.startedFrom().toString()));
    stated
        .startedFrom()
        .layers()
        .ifPresent(layers -> lines.add(Facts.line("layers", layers.toString())));
    stated
        .startedFrom()
        .runtimes()
        .forEach(runtime -> lines.add(Facts.line("runtime", runtime.toString())));
    lines.add(Facts.line("preparation", "network " + stated.preparationNetwork()));
    lines.add(Facts.line("tools", "mk " + stated.mk() + ", agent " + stated.agent()));
    if (!stated.tries().equals(Tries.ONCE)) {
      lines.add(Facts.line("passed at", "try " + stated.tries()));
    }
    return lines;
  }

  private static String text(StageTimes stages) {
    return stages.list().stream()
        .map(stage -> stage.name() + " " + TimeSpans.seconds(stage.took()))
        .collect(Collectors.joining(", "));
  }

  /** Adds the facts as scripts get them everywhere: the origin always, the rest where stated. */
  public static void addTo(ObjectNode json, Provenance provenance) {
    json.put("origin", provenance.origin().toString());
    switch (provenance) {
      case Provenance.Unstated() -> {}
      case Provenance.Stated stated -> json.set("provenance", ProvenanceJson.write(stated));
    }
  }
}
