namespace Tandem.Calls.Calls;

/// <summary>What can happen to a call while its story waits.</summary>
internal enum CallSignalKind
{
    /// <summary>A phone sent a request inside its dialog.</summary>
    Request,

    /// <summary>A contact rings or sends early media (101 to 199).</summary>
    Provisional,

    /// <summary>A contact answered with 2xx.</summary>
    Answered,

    /// <summary>A contact refused, or nothing came back from it.</summary>
    Refused,

    /// <summary>The caller cancelled (CANCEL, or BYE before the answer).</summary>
    Cancelled,

    /// <summary>A leg is gone: no ACK, no answer to a request, an expired session.</summary>
    LegLost,

    /// <summary>It is our turn to refresh the session of a leg (RFC 4028 §10).</summary>
    RefreshDue,

    /// <summary>The setup timeout or the maximum duration is over.</summary>
    TimeUp,

    /// <summary>No media came from a side for too long.</summary>
    MediaSilent,

    /// <summary>A leg that was to come from another call is here, or refused; the status says which.</summary>
    TakenOver,

    /// <summary>A leg has gone to another call, and the other may go too.</summary>
    HandedOver,

    /// <summary>A side pressed a key; the status is its character.</summary>
    Key,

    /// <summary>A sound that was played is over; the status is its number, negative when it could not be played.</summary>
    SoundEnded,

    /// <summary>A side whose speech is reported began to speak (status 1) or fell silent (0).</summary>
    Speech,

    /// <summary>Who serves the call is to look around.</summary>
    Woken,

    /// <summary>Somebody outside wants the call to end: the operator, the shutdown, a fault in the call's own code.</summary>
    HangUp,

    /// <summary>What was asked where the call goes has answered.</summary>
    RouteAnswered,

    /// <summary>Somebody takes the call whose phone does not ring.</summary>
    PickedUp,
}
