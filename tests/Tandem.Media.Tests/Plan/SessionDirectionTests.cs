using Tandem.Media.Plan;
using Tandem.Media.Tests.Sdp;

namespace Tandem.Media.Tests.Plan;

/// <summary>Who sends, who hears and who holds.</summary>
public sealed class SessionDirectionTests : NegotiatedSession
{
    // RFC 3264 §6.1, each direction of the offer with what the answer may say.
    [Theory]
    [InlineData("a=sendrecv", "a=sendrecv", true, true)]
    [InlineData("a=sendrecv", "", true, true)]
    [InlineData("a=sendrecv", "a=recvonly", true, false)]
    [InlineData("a=sendrecv", "a=sendonly", false, true)]
    [InlineData("a=sendrecv", "a=inactive", false, false)]
    [InlineData("a=sendonly", "a=recvonly", true, false)]
    [InlineData("a=sendonly", "a=inactive", false, false)]
    [InlineData("a=sendonly", "a=sendrecv", true, false)]
    [InlineData("a=recvonly", "a=sendonly", false, true)]
    [InlineData("a=inactive", "a=inactive", false, false)]
    [InlineData("c=IN IP4 0.0.0.0", "a=sendrecv", true, false)]
    [InlineData("a=sendrecv", "c=IN IP4 0.0.0.0", false, true)]
    public void Directions_become_who_is_heard(string offered, string answered, bool aSends, bool bSends)
    {
        Offer(MediaSide.A, Audio(offered));
        Answer(MediaSide.B, Audio(answered));
        Assert.Equal((aSends, bSends), (Line().A!.Sends, Line().B!.Sends));
    }

    // RFC 3264 §8.4; who holds is who does not want to hear, not who has no choice.
    [Theory]
    [InlineData("a=sendrecv", "a=sendrecv", false, false)]
    [InlineData("a=sendonly", "a=recvonly", true, false)]
    [InlineData("a=inactive", "a=inactive", true, false)]
    [InlineData("c=IN IP4 0.0.0.0", "a=recvonly", true, false)]
    [InlineData("a=sendrecv", "a=sendonly", false, true)]
    [InlineData("a=sendonly", "a=inactive", true, true)]
    [InlineData("a=recvonly", "a=sendonly", false, false)]
    public void Knows_who_holds(string offered, string answered, bool aHolds, bool bHolds)
    {
        Offer(MediaSide.A, Audio(offered));
        Answer(MediaSide.B, Audio(answered));
        Assert.Equal((aHolds, bHolds), (Negotiation.Plan.HoldsOther(MediaSide.A), Negotiation.Plan.HoldsOther(MediaSide.B)));
    }

    [Fact]
    public void Both_may_hold_and_each_takes_back_its_own()
    {
        void Exchange(MediaSide offerer, string offered, string answered)
        {
            Offer(offerer, Audio(offered));
            Answer(PlanCompiler.Other(offerer), Audio(answered));
        }

        Exchange(MediaSide.A, "a=sendrecv", "a=sendrecv");
        Exchange(MediaSide.A, "a=sendonly", "a=recvonly");
        Exchange(MediaSide.B, "a=inactive", "a=inactive");
        Assert.Equal((true, true), (Negotiation.Plan.AHoldsB, Negotiation.Plan.BHoldsA));
        Exchange(MediaSide.A, "a=recvonly", "a=sendonly");
        Assert.Equal((false, true), (Negotiation.Plan.AHoldsB, Negotiation.Plan.BHoldsA));
        Exchange(MediaSide.B, "a=sendrecv", "a=sendrecv");
        Assert.Equal((false, false), (Negotiation.Plan.AHoldsB, Negotiation.Plan.BHoldsA));
    }

    // Old-style hold goes on as what it means: our address, and a direction.
    [Theory]
    [InlineData("c=IN IP4 0.0.0.0", "a=sendonly")]
    [InlineData("c=IN IP4 0.0.0.0\na=sendrecv", "a=sendonly")]
    [InlineData("c=IN IP4 0.0.0.0\na=recvonly", "a=inactive")]
    public void Old_style_hold_is_written_in_the_new_style(string offered, string expected)
    {
        var text = Offer(MediaSide.A, Audio(offered));
        Assert.Contains("c=IN IP4 203.0.113.1", text);
        Assert.DoesNotContain("0.0.0.0", text);
        Assert.EndsWith(expected, text);
        Answer(MediaSide.B, Audio("a=recvonly"));
        Assert.False(Line().A!.WantsRtcp);
        Assert.True(Line().B!.WantsRtcp);
    }

    [Fact]
    public void A_hold_does_not_change_the_family()
    {
        Offer(MediaSide.A, Sdps.Bytes(Sdps.IpV6));
        Answer(MediaSide.B, Audio());
        var text = Offer(MediaSide.A, Sdps.Bytes(Sdps.IpV6.Replace("c=IN IP6 2001:db8::10", "c=IN IP4 0.0.0.0")));
        Assert.EndsWith("a=sendonly", text);
        Assert.True(Ports.Reserved[(0, MediaSide.A)].IsV6);
        Assert.Contains("c=IN IP6 2001:db8::1\n", Answer(MediaSide.B, Audio("a=recvonly")));
    }

    [Fact]
    public void An_old_style_hold_never_answers_more_than_was_offered()
    {
        Offer(MediaSide.A, Audio("a=sendonly"));
        Assert.EndsWith("a=inactive", Answer(MediaSide.B, Audio("c=IN IP4 0.0.0.0")));
    }
}
