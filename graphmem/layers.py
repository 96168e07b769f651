"""The verbs of `Memory` about its layers: what a session leaves behind, and what is kept for longer or for others."""

from graphmem import sessions
from graphmem._colour import drive
from graphmem.handle import Handle, Who
from graphmem.listing import Listing
from graphmem.models import Change
from graphmem.scope import LayerChoice
from graphmem.session import Session


class Layers(Handle):
    """Session, user, agent, organisation: each fact is in one, and is copied to another by `promote` alone."""

    def session(
        self,
        session_id: str,
        *,
        user_id: str | None = None,
        agent_id: str | None = None,
    ) -> Session:
        """A handle on one conversation: its turns in order, what is said in it, and working notes that go with it."""
        return Session(self._engine, self._scope(Who(user_id=user_id, agent_id=agent_id, session_id=session_id)))

    def end_session(
        self,
        session_id: str,
        *,
        user_id: str | None = None,
        agent_id: str | None = None,
    ) -> list[Change]:
        """End a session: keep what it was about, and let its layer go.

        A summary is kept in its owner's conversation: a few of its own sentences, or the language model's words where
        this memory has one. It teaches no fact. What was said stays too; facts, notes and tool output of the session
        are found by no call from now on, whatever moment it asks about. `promote` what should stay before.

        Returns:
            `added` for the summary, `expired` where the session's layer held something.
        """
        return Listing(
            drive(
                sessions.ended(
                    self._engine, self._scope(Who(user_id=user_id, agent_id=agent_id, session_id=session_id))
                )
            )
        )

    def promote(
        self,
        fact_id: str,
        *,
        layer: LayerChoice = "user",
        reason: str | None = None,
        user_id: str | None = None,
        agent_id: str | None = None,
        session_id: str | None = None,
    ) -> list[Change]:
        """Keep a fact in another layer too, with the words it was read from: a session's for its user, or for all.

        It is compared with what that layer knows like anything that is told there. The fact it was copied from stays
        as it is. `restore` with the id of the change takes the copy back.

        Args:
            fact_id: A fact that this call may read.
            layer: Where it is kept from now on.
            reason: Why, in your words; kept with the fact.
            user_id: Whose memory it is.
            agent_id: The agent whose memory it is, or that the user talks to.
            session_id: The session whose layer it may be in.

        Returns:
            `promoted`, and what it closed there; `skipped` where that layer says it already.

        Raises:
            NotFound: There is no such fact in the memory of this call.
            Conflict: It is believed no longer.
            InvalidInput: It is in that layer.
        """
        return Listing(
            drive(
                sessions.promoted(
                    self._engine,
                    self._scope(Who(user_id=user_id, agent_id=agent_id, session_id=session_id)),
                    fact_id,
                    layer,
                    reason,
                )
            )
        )
