using System.Text;
using Tandem.Core.Buffers;
using Tandem.Core.Net;
using Tandem.Core.Time;
using Tandem.Sip.Dialogs;
using Tandem.Sip.Engine;
using Tandem.Sip.Messages;
using Tandem.Sip.Parsing;
using Tandem.Sip.Resolution;
using Tandem.Sip.Transactions;
using Tandem.Sip.Writing;
using Tandem.Testing.Dns;

namespace Tandem.Sip.Tests.Engine;

/// <summary>RFC 3263 §4.3 inside a dialog: the flow is left for the next hop, and never for a less secure one.</summary>
public sealed class DialogFailoverTests : FailoverBench
{
    [Fact]
    public void In_a_dialog_a_flow_that_is_gone_is_followed_by_the_next_hop()
    {
        var dialog = Dialog("sip:bob@192.0.2.50:5070;transport=tcp", new SipFlow(SipTransportKind.Tcp, default, Address("192.0.2.50", 40_000), 17));
        Engine.SendRequest(dialog.Request(SipMethod.Info), SipMethod.Info, dialog, Now);
        Settle();
        var first = Take();
        Assert.Equal(17, first.Packet.Target.Connection);
        Fail(first);
        var second = Take();
        Assert.Equal("tcp:192.0.2.50:5070", second.Packet.Target.ToString());
        Assert.Equal(0, second.Packet.Target.Connection);
        Fail(second);
        Assert.Equal("TransportFailed", Events[^2]);
        dialog.Terminate();
        Ends();
    }

    [Fact]
    public void In_a_dialog_the_next_hop_by_name_is_asked_for_when_the_flow_is_silent()
    {
        Zone.Add("edge.test 60 A 192.0.2.61", "edge.test 60 A 192.0.2.62");
        var dialog = Dialog("sip:bob@edge.test:5060", Flow("192.0.2.61"));
        Engine.SendRequest(dialog.Request(SipMethod.Bye), SipMethod.Bye, dialog, Now);
        Settle();
        Assert.Equal("192.0.2.61", Take().To);
        Assert.Empty(Zone.Asked);
        Wait(4.1);

        // The flow itself was the first address.
        Answer(TakeAll().Last(p => p.To == "192.0.2.62").Text, 200);
        Assert.Equal(["200"], Events);
        dialog.Terminate();
        Ends();
    }

    [Fact]
    public void In_a_dialog_over_tls_nothing_goes_on_in_clear()
    {
        var dialog = Dialog("sip:bob@192.0.2.50:5070", new SipFlow(SipTransportKind.Tls, default, Address("192.0.2.50", 40_000), 17));
        Engine.SendRequest(dialog.Request(SipMethod.Info), SipMethod.Info, dialog, Now);
        Settle();
        Fail(Take());
        Assert.Empty(TakeAll());
        Assert.Equal("TransportFailed", Events[0]);
        dialog.Terminate();
        Ends();
    }

    [Fact]
    public void A_name_that_is_not_resolved_in_time_is_the_failure_that_it_was()
    {
        Zone.IsAway = true;
        var dialog = Dialog("sip:bob@edge.test:5060", new SipFlow(SipTransportKind.Tcp, default, Address("192.0.2.50", 40_000), 17));
        Engine.SendRequest(dialog.Request(SipMethod.Info), SipMethod.Info, dialog, Now);
        Settle();
        Fail(Take());
        Assert.Empty(Events);
        Wait(8.1);
        Assert.Equal(["TransportFailed", "TransactionEnded"], Events);
        dialog.Terminate();
        Ends();
    }
}
