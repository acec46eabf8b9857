using Tandem.Calls.Calls;

namespace Tandem.Calls.Ports;

/// <summary>
/// The durable trail of calls. Each method queues and returns at once; writes of one call keep their order. A call that was
/// opened and never closed (the process was killed) is closed by recovery at the next start, so each call gets exactly one CDR.
/// </summary>
public interface ICallJournal
{
    /// <summary>The call exists from now on.</summary>
    void Opened(CallSnapshot call);

    /// <summary>The call was answered.</summary>
    void Answered(CallSnapshot call);

    /// <summary>The call is over: the CDR and its outbox event are written in one transaction, and the open entry is removed.</summary>
    void Closed(CallDetailRecord record);
}
