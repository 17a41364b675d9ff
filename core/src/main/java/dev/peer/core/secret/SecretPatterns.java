package dev.peer.core.secret;

import java.util.List;

/** All forms of some values, made ready to be looked for in any number of streams. */
final class SecretPatterns {

  private final PatternAutomaton plain;
  private final PatternAutomaton percent;
  private final PatternAutomaton base64;
  private final boolean[] inert = new boolean[1 << Byte.SIZE];
  private final boolean[] inertPairs = new boolean[inert.length * inert.length];

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
    List<SecretView> views = views((_, _, _) -> {});
    for (int first = 0; first < inert.length; first++) {
      int one = first;
      inert[one] = views.stream().allMatch(view -> view.isInert(one));
      for (int second = 0; second < inert.length; second++) {
        inertPairs[(one << Byte.SIZE) | second] = areInert(views, one, second);
      }
    }
  }

  private static boolean areInert(List<SecretView> views, int first, int second) {
    for (SecretView view : views) {
      if (!view.areInert(first, second)) {
        return false;
      }
    }
    return true;
  }

  /** Follows a new stream. */
  Watch watch(SecretView.Finds finds) {
    return new Watch(views(finds));
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

  /** One stream in all views. Most bytes of it are passed over: no view is looked at for them. */
  final class Watch {

    private final SecretView[] views;
    private long position;

    private Watch(List<SecretView> views) {
      this.views = views.toArray(SecretView[]::new);
    }

    void accept(byte[] buffer, int offset, int length) {
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
      position += length;
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
