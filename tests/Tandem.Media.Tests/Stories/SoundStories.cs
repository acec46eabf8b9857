using Tandem.Core.Net;
using Tandem.Media.Codecs;
using Tandem.Media.Quality;
using Tandem.Media.Tests.Transport;
using Tandem.Testing.Audio;
using Tandem.Testing.Network;

namespace Tandem.Media.Tests.Stories;

/// <summary>What two phones hear of each other when the network between them is bad, or one of them moves. A failure names its seed.</summary>
public sealed class SoundStories
{
    private const double ToneA = 500;
    private const double ToneB = 800;

    private static readonly NetAddress NatOfA = VirtualSession.At("198.51.100.7", 31_000);

    public static TheoryData<int, string, bool> Stories => [.. from seed in Enumerable.Range(1, 12) from codec in new[] { "PCMU", "G722" } select (seed, codec, seed % 2 == 0)];

    [Theory]
    [MemberData(nameof(Stories))]
    public void Both_are_heard_over_a_network_that_loses_doubles_and_reorders(int seed, string codecOfB, bool isSecure)
    {
        var network = Call(seed, new NetworkConditions { Loss = 0.02, Duplication = 0.02, Delay = 30, Jitter = 45 }, codecOfB, isSecure);
        network.Run(2);
        Forget(network);
        network.Run(20);

        AssertTone(network.B.Heard(ToneA), ToneA, seed);
        AssertTone(network.A.Heard(ToneB), ToneB, seed);
    }

    // The mapping changes and the phone says nothing: plain RTP is believed when the old port has been silent, SRTP at once.
    [Theory]
    [InlineData(1, false, 3, 3.5)]
    [InlineData(2, false, 3, 3.5)]
    [InlineData(3, true, 0, 0.3)]
    [InlineData(4, true, 0, 0.3)]
    public void A_nat_that_changes_its_mapping_costs_a_moment_and_no_more(int seed, bool isSecure, double leastSeconds, double mostSeconds)
    {
        var network = Call(seed, new NetworkConditions { Loss = 0.01, Delay = 20, Jitter = 20 }, "PCMU", isSecure);
        network.A.Address = NatOfA;
        network.Run(12);
        Forget(network);
        network.Run(2);
        AssertTone(network.B.Heard(ToneA), ToneA, seed);

        network.A.Address = NatOfA.WithPort(31_001);
        Assert.InRange(SecondsUntilHeard(network), leastSeconds, mostSeconds);
        Forget(network);
        network.Run(5);
        AssertTone(network.B.Heard(ToneA), ToneA, seed);
        AssertTone(network.A.Heard(ToneB), ToneB, seed);
    }

    // From one network to another, told by a re-INVITE: nothing of the old place is waited for.
    [Theory]
    [InlineData(1, "PCMU", false)]
    [InlineData(2, "PCMU", true)]
    [InlineData(3, "G722", false)]
    [InlineData(4, "G722", true)]
    public void A_phone_that_says_where_it_moved_is_heard_again_at_once(int seed, string codecOfB, bool isSecure)
    {
        var network = Call(seed, new NetworkConditions { Loss = 0.01, Delay = 20, Jitter = 20 }, codecOfB, isSecure);
        network.Run(15);
        network.A.Address = network.A.Named = VirtualSession.At("203.0.113.9", 7_000);
        network.Negotiate();
        Assert.InRange(SecondsUntilHeard(network), 0, 0.5);
        Forget(network);
        network.Run(5);
        AssertTone(network.B.Heard(ToneA), ToneA, seed);
        AssertTone(network.A.Heard(ToneB), ToneB, seed);
    }

    // Twenty seconds of nothing (a tunnel), and the sound comes back by itself on both sides.
    [Theory]
    [InlineData(1, "PCMU")]
    [InlineData(2, "G722")]
    public void Sound_comes_back_after_the_network_was_away(int seed, string codecOfB)
    {
        var good = new NetworkConditions { Delay = 20, Jitter = 10 };
        var network = Call(seed, good, codecOfB, isSecure: false);
        network.Run(3);
        network.Conditions = good with { Loss = 1 };
        network.Run(20);
        network.Conditions = good;
        Assert.InRange(SecondsUntilHeard(network), 0, 0.5);
        Forget(network);
        network.Run(5);
        AssertTone(network.B.Heard(ToneA), ToneA, seed);
        AssertTone(network.A.Heard(ToneB), ToneB, seed);
    }

    // The score that we print against the model with what the network really lost: within 0.2.
    [Theory]
    [InlineData(1, 0.0, 0)]
    [InlineData(2, 0.01, 20)]
    [InlineData(3, 0.03, 40)]
    [InlineData(4, 0.05, 20)]
    [InlineData(5, 0.08, 60)]
    [InlineData(6, 0.15, 20)]
    public void The_score_is_that_of_the_model(int seed, double loss, int jitter)
    {
        foreach (var codecOfB in new[] { "PCMU", "G722" })
        {
            var network = Call(seed, new NetworkConditions { Loss = loss, Duplication = 0.01, Delay = 20, Jitter = jitter }, codecOfB, isSecure: false);
            network.Run(60);
            var (lost, delivered) = network.Counts[(int)MediaSide.A];
            var quality = network.QualityFrom(MediaSide.A);
            var buffered = Math.Max(quality.DelayMilliseconds, jitter);
            var expected = MosModel.Rate(AudioCodec.Pcmu, buffered, lost / (double)(lost + delivered)).Mos;
            Assert.True(Math.Abs(expected - quality.Mos!.Value) <= 0.2, $"seed {seed}, {codecOfB}: {quality.Mos:f2}, the model says {expected:f2}");
            Assert.InRange(quality.DelayMilliseconds, jitter / 2.0, 40 + (3 * jitter));
        }
    }

    private static SoundNetwork Call(int seed, NetworkConditions conditions, string codecOfB, bool isSecure)
    {
        var a = new NetworkPhone(MediaPlans.A, "PCMU", ToneA, isSecure ? new Random(seed) : null);
        var b = new NetworkPhone(MediaPlans.B, codecOfB, ToneB);
        return new SoundNetwork(seed, conditions, a, b, canRelay: codecOfB == "PCMU");
    }

    private static void Forget(SoundNetwork network)
    {
        network.A.Forget();
        network.B.Forget();
    }

    // How long from now on one of them does not hear the other, at the latest.
    private static double SecondsUntilHeard(SoundNetwork network)
    {
        var silent = 0.0;
        for (var seconds = 0.0; seconds < 8; seconds += 0.02)
        {
            network.Run(0.02);
            if (network.B.LevelNow(ToneA) < -20 || network.A.LevelNow(ToneB) < -20)
                silent = seconds;
        }

        return silent;
    }

    // Concealment holds a lost packet's tone; what is late or lost in a row may be a hole of a block or two now and then.
    private static void AssertTone(ToneReport tone, double hertz, int seed)
    {
        Assert.True(Math.Abs(tone.Hertz - hertz) < 2, $"seed {seed}: {tone}");
        Assert.True(tone.LevelDb is > -16 and < -10, $"seed {seed}: {tone}");
        Assert.True(tone.Gaps <= tone.Heard.TotalSeconds, $"seed {seed}: {tone}");
    }
}
