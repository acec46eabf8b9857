using System.Diagnostics;
using System.Text;
using Tandem.Sip.Parsing;
using static Tandem.Sip.Tests.SipTest;

namespace Tandem.Sip.Tests.Parsing;

/// <summary>
/// The work for a datagram grows with its size, not with the square of it: a hostile one costs at most some times as much as
/// a harmless one of the same size. Times are the best of several, taken in turns until they are within the bound, so that neither other work on the
/// machine nor code that is not optimised yet counts: a square stays far beyond it, however often it is tried.
/// </summary>
public class HostileCostTests
{
    private const int Bytes = 60_000;
    private const double MostTimes = 60;
    private const int MostRounds = 100;

    public static TheoryData<string> Attacks => ["folds", "parameters"];

    [Theory]
    [MemberData(nameof(Attacks))]
    public void A_hostile_message_costs_little_more_than_a_harmless_one(string attack)
    {
        var attacking = Request(extra: attack == "folds" ? Folds() : Parameters());
        var usual = Request(extra: Harmless());
        var (hostile, harmless) = (TimeSpan.MaxValue, TimeSpan.MaxValue);
        for (var round = 0; round < MostRounds && (round < 20 || hostile / harmless > MostTimes); round++)
        {
            hostile = Best(attacking, hostile);
            harmless = Best(usual, harmless);
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{attack}: {hostile.TotalMicroseconds:0} against {harmless.TotalMicroseconds:0} us");
        Assert.InRange(hostile / harmless, 0, MostTimes);
    }

    private static TimeSpan Best(byte[] message, TimeSpan best)
    {
        for (var i = 0; i < 10; i++)
        {
            var began = Stopwatch.GetTimestamp();
            Parse(message, out _);
            var took = Stopwatch.GetElapsedTime(began);
            best = took < best ? took : best;
        }

        return best;
    }

    // Seven fields of 8,000 bytes.
    private static string Harmless() => string.Join("\r\n", Enumerable.Range(0, 7).Select(i => $"X-{i}: " + new string('x', 8_000)));

    // One field whose colon stands in the middle, with a fold every third byte behind it.
    private static string Folds()
    {
        var text = new StringBuilder(new string('x', Bytes / 2)).Append(':');
        while (text.Length < Bytes)
            text.Append("\r\n ");
        return text.Append('y').ToString();
    }

    // Via fields of nearly 8 KB, each with as many long parameters as are allowed.
    private static string Parameters() =>
        string.Join("\r\n", Enumerable.Range(0, 7).Select(i => "Via: SIP/2.0/UDP h;" + string.Join(';', Enumerable.Range(0, 63).Select(p => $"p{p}={new string('v', 118)}"))));
}
