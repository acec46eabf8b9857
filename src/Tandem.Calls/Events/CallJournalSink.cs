using Tandem.Calls.Ports;

namespace Tandem.Calls.Events;

/// <summary>Writes the life of each call into the journal: the path from call events to CDRs.</summary>
public sealed class CallJournalSink(ICallJournal journal) : IEventSink
{
    /// <inheritdoc/>
    public void Publish(ExchangeEvent exchangeEvent)
    {
        switch (exchangeEvent)
        {
            case CallCreated created:
                journal.Opened(created.Call);
                break;
            case CallAnswered answered:
                journal.Answered(answered.Call);
                break;
            case CallEnded ended:
                journal.Closed(ended.Record);
                break;
            default:
                break; // ringing, hold and registrations leave no trace in a CDR
        }
    }
}
