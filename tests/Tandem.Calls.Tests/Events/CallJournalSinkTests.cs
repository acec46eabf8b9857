using Tandem.Calls.Calls;
using Tandem.Calls.Events;
using Tandem.Calls.Ports;

namespace Tandem.Calls.Tests.Events;

public class CallJournalSinkTests
{
    [Fact]
    public void Only_the_beginning_the_answer_and_the_end_reach_the_journal()
    {
        var journal = new Journal();
        var sink = new CallJournalSink(journal);
        var call = Samples.Call();

        sink.Publish(new CallCreated(call, Samples.Start));
        sink.Publish(new CallRinging(call, Samples.Start));
        sink.Publish(new CallAnswered(call, Samples.Start));
        sink.Publish(new CallHeld(call, CallSide.Caller, Samples.Start));
        sink.Publish(new CallResumed(call, CallSide.Caller, Samples.Start));
        sink.Publish(Samples.Registration());
        sink.Publish(new CallEnded(call, Samples.Record(), Samples.Start));

        Assert.Equal(["opened CALL1", "answered CALL1", "closed CALL1"], journal.Lines);
    }

    private sealed class Journal : ICallJournal
    {
        public List<string> Lines { get; } = [];

        public void Opened(CallSnapshot call) => Lines.Add($"opened {call.Id}");

        public void Answered(CallSnapshot call) => Lines.Add($"answered {call.Id}");

        public void Closed(CallDetailRecord record) => Lines.Add($"closed {record.Id}");
    }
}
