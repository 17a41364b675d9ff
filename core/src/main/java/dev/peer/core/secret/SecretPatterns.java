package dev.peer.core.secret;

import java.util.List;

/** All forms of some values, made ready to be looked for in any number of streams. */
final class SecretPatterns {

  private final PatternAutomaton plain;
  private final PatternAutomaton percent;
  private final PatternAutomaton base64;
  private InertBytes inert;

  /** Of these values; the owner of a form is its value's index. */
  SecretPatterns(List<SecretValue> values) {
    PatternAutomaton.Builder plainForms = new PatternAutomaton.Builder();
    PatternAutomaton.Builder percentForms = new PatternAutomaton.Builder();
    PatternAutomaton.Builder base64Forms = new PatternAutomaton.Builder();
    for (int i = 0; i < values.size(); i++) {
      int owner = i;
      for (byte[] part : SecretForms.parts(values.get(i))) {
        plainForms.add(part, owner);
        percentForms.add(SecretForms.plusAsBlank(part), owner);
        SecretForms.base64(part, form -> base64Forms.add(form, owner));
      }
    }
    this.plain = plainForms.build();
    this.percent = percentForms.build();
    this.base64 = base64Forms.build();
  }

  /** Follows a new stream. */
  Watch watch(SecretView.Finds finds) {
    return new Watch(views(finds), inert());
  }

  /** Made once somebody follows a stream: most runs have no secret. */
  private synchronized InertBytes inert() {
    if (inert == null) {
      inert = new InertBytes(views((_, _, _) -> {}));
    }
    return inert;
  }

  private List<SecretView> views(SecretView.Finds finds) {
    if (plain.longest() == 0) {
      return List.of();
    }
    return List.of(
        new SecretView.Plain(plain, finds),
        new EscapeView.Json(plain, finds),
        new EscapeView.Percent(percent, finds),
        new SecretView.Base64(base64, finds));
  }

  /** The bytes that change nothing in any view that is at rest. */
  private static final class InertBytes {

    private static final int ALL = 1 << Byte.SIZE;

    private final boolean[] single = new boolean[ALL];
    private final boolean[] pairs;

    InertBytes(List<SecretView> views) {
      this.pairs = new boolean[views.isEmpty() ? 0 : ALL * ALL];
      for (int first = 0; first < ALL && !views.isEmpty(); first++) {
        single[first] = isInert(views, first);
        for (int second = 0; second < ALL; second++) {
          pairs[(first << Byte.SIZE) | second] = areInert(views, first, second);
        }
      }
    }

    private static boolean isInert(List<SecretView> views, int value) {
      return views.stream().allMatch(view -> view.isInert(value));
    }

    private static boolean areInert(List<SecretView> views, int first, int second) {
      for (SecretView view : views) {
        if (!view.areInert(first, second)) {
          return false;
        }
      }
      return true;
    }
  }

  /** One stream in all views. Most bytes of it are passed over: no view is looked at for them. */
  static final class Watch {

    private final SecretView[] views;
    private final boolean[] inert;
    private final boolean[] inertPairs;
    private long position;

    private Watch(List<SecretView> views, InertBytes inert) {
      this.views = views.toArray(SecretView[]::new);
      this.inert = inert.single;
      this.inertPairs = inert.pairs;
    }

    void accept(byte[] buffer, int offset, int length) {
      if (views.length > 0) {
        look(buffer, offset, length);
      }
      position += length;
    }

    private void look(byte[] buffer, int offset, int length) {
      int last = offset + length - 1;
      long begin = position - offset;
      boolean atRest = isAtRest();
      for (int i = offset; i <= last; i++) {
        int value = buffer[i] & 0xff;
        if (!atRest
            || (i == last
                ? !inert[value]
                : !inertPairs[(value << Byte.SIZE) | (buffer[i + 1] & 0xff)])) {
          for (SecretView view : views) {
            view.accept(value, begin + i);
          }
          atRest = isAtRest();
        }
      }
    }

    private boolean isAtRest() {
      for (SecretView view : views) {
        if (!view.isAtRest()) {
          return false;
        }
      }
      return true;
    }

    /** Before which place of the stream no match can begin any more. */
    long decidedTo() {
      long decided = position;
      for (SecretView view : views) {
        decided = Math.min(decided, view.openFrom());
      }
      return decided;
    }
  }
}
