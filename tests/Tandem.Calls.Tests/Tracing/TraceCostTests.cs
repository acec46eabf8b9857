using System.Text;
using Tandem.Calls.Calls;
using Tandem.Calls.Events;
using Tandem.Calls.Tenants;
using Tandem.Core.Net;
using Tandem.Core.Time;
using Tandem.Sip.Engine;
using Tandem.Testing;
using Tandem.Testing.Exchange;

namespace Tandem.Calls.Tracing;

/// <summary>What is traced of every call is paid by every call: once its memory is there, an entry makes no garbage.</summary>
public class TraceCostTests
{
    private static readonly SipFlow Flow = new(SipTransportKind.Udp, ExchangeRig.ServerAddress, NetAddress.FromV4(0x0A000001, 5060));

    [Theory]
    [InlineData("")]
    [InlineData("Authorization: Digest username=\"100\", realm=\"x\", response=\"0123456789abcdef\"\r\n")]
    public void A_message_and_an_entry_of_ours_allocate_nothing(string header)
    {
        var traces = new CallTraces(new TraceOptions(), new EpochClock());
        var id = new CallId("one");
        var message = Encoding.UTF8.GetBytes(
            $"INVITE sip:101@x SIP/2.0\r\nFrom: <sip:100@x>;tag=1\r\nTo: <sip:101@x>\r\nCall-ID: a\r\nCSeq: 1 INVITE\r\n{header}\r\n");
        traces.Seen(SipDirection.Received, Flow, message, 0, Moment.Zero);
        traces.Publish(new CallCreated(
            new CallSnapshot
            {
                Id = id,
                Tenant = TenantId.Default,
                TraceId = "",
                State = CallState.Initiated,
                CallerNumber = "100",
                CalleeNumber = "101",
                CallerSipCallId = "a",
                InitiatedAt = EpochClock.Epoch,
            },
            EpochClock.Epoch));

        // All of it lies in the first block of the call.
        var added = 0;
        Assert.Equal(0, Garbage.Of(Add));
        Assert.Equal(2 + (2 * added), traces.Find(TenantId.Default, id)!.Entries.Count);

        void Add()
        {
            for (var i = 0; i < 2; i++, added++)
            {
                traces.Seen(SipDirection.Received, Flow, message, 0, Moment.Zero);
                traces.Note(id, TraceKind.Decision, "step", EpochClock.Epoch, "nothing much");
            }
        }
    }
}
