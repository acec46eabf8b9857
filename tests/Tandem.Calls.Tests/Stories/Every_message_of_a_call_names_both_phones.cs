using Tandem.Testing.Exchange;
using Tandem.Testing.Phones;

namespace Tandem.Calls.Tests.Stories;

/// <summary>RFC 7989: the UUID of the sender, and the receiver's as remote, end to end through the exchange.</summary>
public class Every_message_of_a_call_names_both_phones
{
    private const string Ada = "ab30317f1a784dc48ff824d0d3715d86";
    private const string Bob = "47755a9de7794ba387653f2099600ef2";
    private const string Nil = "00000000000000000000000000000000";

    // §6, §7
    [Fact]
    public void Both_have_one()
    {
        var rig = new ExchangeRig();
        var (ada, bob) = (rig.Phone("100"), rig.Phone("101"));
        var a = ada.Dial("101");
        a.Invite(Sdp.Audio(), $"Session-ID: {Ada};remote={Nil}");
        var invite = bob.Expect("INVITE");
        Assert.Equal($"{Ada};remote={Nil}", invite["Session-ID"]);
        var b = bob.Take(invite);
        b.Reply(invite, 180, "", $"Session-ID: {Bob};remote={Ada}");
        Assert.Equal($"{Bob};remote={Ada}", ada.Expect("180")["Session-ID"]);
        b.Reply(invite, 200, Sdp.Audio(), $"Session-ID: {Bob};remote={Ada}");
        Assert.Equal($"{Ada};remote={Bob}", bob.Expect("ACK")["Session-ID"]);
        var ok = ada.Expect("200 INVITE");
        Assert.Equal($"{Bob};remote={Ada}", ok["Session-ID"]);
        a.Ack(ok);
        rig.Run(1);

        a.Send("INFO", "x", "Content-Type: text/plain", $"Session-ID: {Ada};remote={Bob}");
        var info = bob.Expect("INFO");
        Assert.Equal($"{Ada};remote={Bob}", info["Session-ID"]);
        b.Reply(info, 200, "", $"Session-ID: {Bob};remote={Ada}");
        Assert.Equal($"{Bob};remote={Ada}", ada.Expect("200 INFO")["Session-ID"]);

        b.Send("OPTIONS");
        Assert.Equal($"{Ada};remote={Bob}", bob.Expect("200 OPTIONS")["Session-ID"]);

        a.Send("BYE", "", $"Session-ID: {Ada};remote={Bob}");
        Assert.Equal($"{Bob};remote={Ada}", ada.Expect("200 BYE")["Session-ID"]);
        var bye = bob.Expect("BYE");
        Assert.Equal($"{Ada};remote={Bob}", bye["Session-ID"]);
        b.Reply(bye, 200);
        Assert.Equal("", rig.Leftovers());
    }

    // §7: for a phone that has none the exchange makes one, and keeps to it. The caller's is the trace id of the call.
    [Fact]
    public void A_phone_without_one_gets_one_of_ours()
    {
        var rig = new ExchangeRig();
        var (ada, bob) = (rig.Phone("100"), rig.Phone("101"));
        var a = ada.Dial("101");
        a.Invite(Sdp.Audio());
        var invite = bob.Expect("INVITE");
        var trace = Assert.Single(rig.Calls).TraceId;
        Assert.Equal($"{trace};remote={Nil}", invite["Session-ID"]);
        Assert.Matches("^[0-9a-f]{12}4[0-9a-f]{3}[89ab][0-9a-f]{15}$", trace);
        var b = bob.Take(invite);
        b.Reply(invite, 180);
        var forBob = ada.Expect("180")["Session-ID"];
        Assert.Matches($"^[0-9a-f]{{12}}4[0-9a-f]{{19}};remote={trace}$", forBob);
        b.Reply(invite, 200, Sdp.Audio());
        bob.Expect("ACK");
        var ok = ada.Expect("200 INVITE");
        Assert.Equal(forBob, ok["Session-ID"]);
        a.Ack(ok);
        rig.Run(1);
        b.Send("BYE");
        Assert.StartsWith(trace, bob.Expect("200 BYE")["Session-ID"], StringComparison.Ordinal);
        var bye = ada.Expect("BYE");
        Assert.Equal(forBob, bye["Session-ID"]);
        a.Reply(bye, 200);
        Assert.Equal("", rig.Leftovers());
    }

    // §5, §7, §11: the form of RFC 7329 counts, another length, the nil UUID and other letters do not.
    [Theory]
    [InlineData(Ada, Ada)]
    [InlineData("AB30317F1A784DC48FF824D0D3715D86;remote=" + Nil, Ada)]
    [InlineData(Ada + ";remote=garbage;x=y", Ada)]
    [InlineData(Ada + "00", "")]
    [InlineData("short", "")]
    [InlineData(Nil, "")]
    [InlineData("zb30317f1a784dc48ff824d0d3715d86", "")]
    public void What_counts_as_one(string value, string taken)
    {
        var rig = new ExchangeRig();
        var (ada, bob) = (rig.Phone("100"), rig.Phone("101"));
        var a = ada.Dial("101");
        a.Invite(Sdp.Audio(), "Session-ID: " + value);
        var invite = bob.Expect("INVITE");
        Assert.Equal($"{(taken.Length > 0 ? taken : rig.Calls[0].TraceId)};remote={Nil}", invite["Session-ID"]);
        bob.Take(invite).Reply(invite, 486);
        bob.Expect("ACK");
        a.AckRefusal(ada.Expect("486"));
        Assert.Equal("", rig.Leftovers());
    }

    // §6: a CANCEL has that of its INVITE; §7: of several contacts none is named in the refusal.
    [Fact]
    public void A_cancel_has_that_of_its_invite_and_several_contacts_have_no_common_one()
    {
        var rig = new ExchangeRig();
        var (ada, desk, mobile) = (rig.Phone("100"), rig.Phone("101"), rig.Phone("101"));
        var a = ada.Dial("101");
        a.Invite(Sdp.Audio(), $"Session-ID: {Ada};remote={Nil}");
        var (toDesk, toMobile) = (desk.Expect("INVITE"), mobile.Expect("INVITE"));
        var (d, m) = (desk.Take(toDesk), mobile.Take(toMobile));
        d.Reply(toDesk, 180, "", $"Session-ID: {Bob};remote={Ada}");
        Assert.Equal($"{Bob};remote={Ada}", ada.Expect("180")["Session-ID"]);
        m.Reply(toMobile, 603);
        mobile.Expect("ACK");
        var cancel = desk.Expect("CANCEL");
        Assert.Equal(toDesk["Session-ID"], cancel["Session-ID"]);
        d.Reply(cancel, 200);
        d.Reply(toDesk, 487);
        desk.Expect("ACK");
        var refused = ada.Expect("603");
        Assert.Equal($"{Nil};remote={Ada}", refused["Session-ID"]);
        a.AckRefusal(refused);
        Assert.Equal("", rig.Leftovers());
    }

    // §8: a phone may change its UUID, for example because somebody else sits behind it now.
    [Fact]
    public void A_changed_one_reaches_the_other_phone_with_the_next_message()
    {
        var call = new TalkingCall(inviteHeaders: [$"Session-ID: {Ada};remote={Nil}"], answerHeaders: [$"Session-ID: {Bob};remote={Ada}"]);
        const string Carol = "c0ffee00c0ffee00c0ffee00c0ffee00";
        call.B.Send("UPDATE", "", $"Session-ID: {Carol};remote={Ada}");
        Assert.Equal($"{Ada};remote={Carol}", call.Bob.Expect("200 UPDATE")["Session-ID"]);
        call.B.Send("BYE");
        call.Bob.Expect("200 BYE");
        var bye = call.Ada.Expect("BYE");
        Assert.Equal($"{Carol};remote={Ada}", bye["Session-ID"]);
        call.A.Reply(bye, 200);
        Assert.Equal("", call.Rig.Leftovers());
    }
}
