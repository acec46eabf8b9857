using Tandem.Calls.Events;
using Tandem.Sip.Overload;
using Tandem.Testing.Exchange;
using Tandem.Testing.Phones;

namespace Tandem.Calls.Tests.Stories;

// RFC 3261 §21.5.4, RFC 6357 §4: what has begun goes on, what has not begun is told when to come back.
public class An_overloaded_exchange_refuses_new_work_first
{
    private readonly TalkingCall _call = new();
    private readonly ScriptedPhone _cleo;

    public An_overloaded_exchange_refuses_new_work_first() => _cleo = _call.Rig.Phone("102");

    [Fact]
    public void A_new_call_and_a_registration_are_503_and_the_rest_is_served()
    {
        Lag(200);
        var c = _cleo.Dial("101");
        c.Invite(Sdp.Audio());
        var refused = _cleo.Expect("503 INVITE");
        Assert.InRange(int.Parse(refused["Retry-After"]), 2, 6);
        c.AckRefusal(refused);
        _cleo.Dial("102").Send("REGISTER");
        Assert.InRange(int.Parse(_cleo.Expect("503 REGISTER")["Retry-After"]), 2, 6);

        _cleo.Dial("100").Send("OPTIONS");
        _cleo.Expect("200 OPTIONS");
        _call.A.Send("INFO", "x", "Content-Type: text/plain");
        _call.B.Reply(_call.Bob.Expect("INFO"), 200);
        _call.Ada.Expect("200 INFO");
        _call.HangUp();
        Assert.Equal(2, _call.Rig.Exchange.Statistics().Refused);
        Lag(0);
        Assert.Equal("", _call.Rig.Leftovers());
        Assert.Single(_call.Rig.Events.Records);
    }

    [Fact]
    public void Further_behind_everything_outside_calls_is_503()
    {
        Lag(500);
        _cleo.Dial("100").Send("OPTIONS");
        _cleo.Expect("503 OPTIONS");
        _call.A.Send("INFO", "x", "Content-Type: text/plain");
        _call.B.Reply(_call.Bob.Expect("INFO"), 200);
        _call.Ada.Expect("200 INFO");
        _call.HangUp();
        Lag(0);
        Assert.Equal("", _call.Rig.Leftovers());
    }

    [Fact]
    public void At_worst_only_what_ends_a_call_is_served()
    {
        Lag(2_000);
        _call.A.Send("INFO", "x", "Content-Type: text/plain");
        _call.Ada.Expect("503 INFO");
        Assert.Single(_call.Rig.Calls);
        _call.HangUp();
        Lag(0);
        Assert.Equal("", _call.Rig.Leftovers());
    }

    [Fact]
    public void A_call_that_rings_can_be_answered_and_cancelled()
    {
        var c = _cleo.Dial("101");
        c.Invite(Sdp.Audio());
        var invite = _call.Bob.Expect("INVITE");
        var b = _call.Bob.Take(invite);
        b.Reply(invite, 180);
        _cleo.Expect("180");
        Lag(2_000);
        c.Cancel();
        _cleo.Expect("200 CANCEL");
        c.AckRefusal(_cleo.Expect("487"));
        _call.Bob.TakeCancel(b, invite);
        _call.HangUp();
        Lag(0);
        Assert.Equal("", _call.Rig.Leftovers());
    }

    // The moment that it has caught up it takes calls again; the log hears of it once.
    [Fact]
    public void Recovery_is_immediate()
    {
        for (var i = 0; i < 5; i++)
        {
            Lag(1_000);
            var c = _cleo.Dial("101");
            c.Invite(Sdp.Audio());
            c.AckRefusal(_cleo.Expect("503"));
            Lag(0);
            c.Invite(Sdp.Audio());
            var invite = _call.Bob.Expect("INVITE");
            _call.Bob.Take(invite).Reply(invite, 486);
            _call.Bob.Expect("ACK");
            c.AckRefusal(_cleo.Expect("486"));
        }

        _call.HangUp();
        Assert.Equal("", _call.Rig.Leftovers());
        foreach (var shard in _call.Rig.Exchange.Shards)
        {
            var reports = _call.Rig.Events.All.OfType<OverloadChanged>().Where(e => e.Shard == shard.Index).Select(e => e.Report.IsOver);
            Assert.Equal([false, true], reports);
        }

        Assert.Equal(OverloadLevel.None, _call.Rig.Exchange.Statistics().OverloadLevel);
    }

    private void Lag(int milliseconds)
    {
        foreach (var shard in _call.Rig.Exchange.Shards)
            shard.Observe(TimeSpan.FromMilliseconds(milliseconds), _call.Rig.Network.Now);
    }
}
