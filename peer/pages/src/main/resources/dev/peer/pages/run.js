// Shows a run as it goes on. The server sends each line as the markup that the page itself has: escaped there, by the same template.
'use strict';

const state = document.getElementById('state');
const source = new EventSource(state.dataset.events);

function isAtEnd() {
  return window.innerHeight + window.scrollY >= document.documentElement.scrollHeight - 50;
}

/** Has `change` done; a reader who is at the end of the page stays there. */
function keepingPlace(change) {
  const follows = isAtEnd();
  change();
  if (follows) {
    window.scrollTo(0, document.documentElement.scrollHeight);
  }
}

/** The lines that had no end come again, with what has been added to them. */
function append(list, lines) {
  keepingPlace(() => {
    list.querySelectorAll('.open').forEach(line => line.remove());
    list.insertAdjacentHTML('beforeend', lines);
  });
}

function show(markup) {
  keepingPlace(() => { state.innerHTML = markup; });
}

source.addEventListener('stages', event => append(document.getElementById('stages'), event.data));
source.addEventListener('output', event => append(document.getElementById('output'), event.data));
source.addEventListener('state', event => show(event.data));
source.addEventListener('end', event => {
  source.close();
  show(event.data);
});
source.addEventListener('error', () => {
  if (source.readyState === EventSource.CLOSED) {
    show('<p class="verdict not">The run is not in progress here any more. Load the page again.</p>');
  }
});
