using Tandem.Calls.Calls;
using Tandem.Testing.Exchange;
using Tandem.Testing.Phones;

namespace Tandem.Calls.Tests.Stories;

/// <summary>RFC 3261 §11.2.</summary>
public class Options_say_what_runs
{
    // Over UDP a stranger gets no more than twice what he sent: then what does not fit is left out.
    private static readonly string Room = "X-Room: " + new string('x', 500);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Inside_a_call_and_outside(bool inside)
    {
        var call = new TalkingCall();
        if (inside)
            call.A.Send("OPTIONS");
        else
            call.Ada.Dial("101").Send("OPTIONS", "", Room);
        var ok = call.Ada.Expect("200 OPTIONS");
        var engine = call.Rig.Exchange.Shards[0].Engine;
        Assert.Equal(engine.Options.AllowedMethods.Select(m => m.ToString().ToUpperInvariant()), ok["Allow"].Split(", "));
        Assert.Equal(engine.Options.SupportedOptions, ok["Supported"].Split(", "));
        Assert.Equal(engine.Options.EventPackages, ok["Allow-Events"].Split(", ", StringSplitOptions.RemoveEmptyEntries));
        Assert.True(ok.Lists("Accept", "application/sdp"));
        Assert.Equal(("identity", "en"), (ok["Accept-Encoding"], ok["Accept-Language"]));
        Assert.Single(ok.All("Allow"));
        Assert.Single(ok.All("Supported"));
        call.HangUp();
        Assert.Equal("", call.Rig.Leftovers());
    }

    // Options of an installation change what is true.
    [Fact]
    public void With_the_options_of_the_installation()
    {
        var rig = new ExchangeRig(
            new CallOptions { AutoAnswer = true, SessionTimers = false }, engine: o => o with { EventPackages = ["dialog", "presence"] });
        var ada = rig.Phone("100");
        ada.Dial("101").Send("OPTIONS", "", Room);
        var ok = ada.Expect("200 OPTIONS");
        Assert.Equal("dialog, presence", ok["Allow-Events"]);
        Assert.True(ok.Lists("Supported", "answermode"));
        Assert.False(ok.Lists("Supported", "timer"));
    }

    // §11.2: the answer is what an INVITE would get.
    [Fact]
    public void While_the_exchange_is_being_stopped_they_are_503()
    {
        var call = new TalkingCall();
        call.Rig.Exchange.BeginDrain();
        call.Ada.Dial("101").Send("OPTIONS");
        Assert.Equal("30", call.Ada.Expect("503 OPTIONS")["Retry-After"]);
        call.A.Send("OPTIONS");
        call.Ada.Expect("200 OPTIONS");
        call.HangUp();
        Assert.Equal("", call.Rig.Leftovers());
    }
}
