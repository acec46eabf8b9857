namespace Tandem.Storage.Writing;

/// <summary>What waits to be written. The numbers are used in the spill file.</summary>
internal enum WriteKind : byte
{
    CallOpened = 1,
    CallAnswered = 2,
    CallClosed = 3,
    BindingSaved = 4,
    BindingRemoved = 5,
    Event = 6,
    TollState = 20,
    AuditWritten = 7,

    /// <summary>An event for the stream of its tenant.</summary>
    StreamEvent = 30,

    /// <summary>An event for webhooks and the stream.</summary>
    EventAndStream = 31,
}
