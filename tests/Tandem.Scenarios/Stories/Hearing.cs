using Tandem.Scenarios.Peers;
using Tandem.Testing.Audio;

namespace Tandem.Scenarios.Stories;

/// <summary>What a phone of the stage heard in its last call, which is over.</summary>
internal static class Hearing
{
    private const double There = -24;
    private const double NotThere = -34;

    private static readonly TimeSpan End = TimeSpan.FromSeconds(0.8);

    /// <summary>The two talked with each other at the end, and nobody heard himself.</summary>
    public static void AssertTalk(Baresip one, Baresip other)
    {
        AssertHeard(one, other);
        AssertHeard(other, one);
        AssertNever(one, Tone(one));
        AssertNever(other, Tone(other));
    }

    /// <summary>At some time it heard the phones.</summary>
    public static void AssertHeard(Baresip phone, params Baresip[] others)
    {
        foreach (var other in others)
            AssertTone(phone, Tone(other));
    }

    /// <summary>At some time it heard the tone for half a second.</summary>
    public static void AssertTone(Baresip phone, double hertz)
    {
        var level = Loudest(phone.Recording(), hertz);
        Assert.True(level > There, $"{phone.Options.Number} never hears {hertz} Hz: {level:0.0} dB");
    }

    /// <summary>It never heard the phones.</summary>
    public static void AssertNever(Baresip phone, params Baresip[] others)
    {
        foreach (var other in others)
            AssertNever(phone, Tone(other));
    }

    public static void AssertNever(Baresip phone, double hertz)
    {
        var level = Loudest(phone.Recording(), hertz);
        Assert.True(level < NotThere, $"{phone.Options.Number} hears {hertz} Hz: {level:0.0} dB");
    }

    /// <summary>At the end of its call it heard these phones and did not hear those.</summary>
    public static void AssertAtEnd(Baresip phone, Baresip[] there, Baresip[] notThere)
    {
        var end = phone.Recording(End);
        foreach (var other in there)
            Assert.True(ToneLevel.Of(end, Tone(other)) > There, $"{phone.Options.Number} does not hear {other.Options.Number} at the end: {ToneLevel.Of(end, Tone(other)):0.0} dB");
        foreach (var other in notThere)
            Assert.True(ToneLevel.Of(end, Tone(other)) < NotThere, $"{phone.Options.Number} hears {other.Options.Number} at the end: {ToneLevel.Of(end, Tone(other)):0.0} dB");
    }

    /// <summary>Waits until it hears these phones now and does not hear those; its call goes on.</summary>
    public static async Task UntilAsync(Baresip phone, Baresip[] there, Baresip[] notThere)
    {
        try
        {
            await phone.HearsAsync(
                end => end.Samples.Length >= End.TotalSeconds * end.SampleRate
                    && there.All(other => ToneLevel.Of(end, Tone(other)) > There) && notThere.All(other => ToneLevel.Of(end, Tone(other)) < NotThere),
                "what it should",
                End,
                Stage.Patience);
        }
        catch (TimeoutException e)
        {
            var levels = there.Concat(notThere).Select(other => $"{other.Options.Number} {ToneLevel.Of(phone.Recording(End), Tone(other)):0} dB");
            throw new TimeoutException($"{phone.Options.Number} should hear only the first {there.Length} of {string.Join(", ", levels)}; {await StateAsync(phone.Options.Server)}", e);
        }
    }

    /// <summary>Waits until it has heard the tone for half a second; its call goes on.</summary>
    public static Task UntilAsync(Baresip phone, double hertz) => phone.HearsAsync(all => Loudest(all, hertz) > There, $"{hertz} Hz", null, Stage.Patience);

    /// <summary>Waits until it does not hear the tone any more; its call goes on.</summary>
    public static Task UntilGoneAsync(Baresip phone, double hertz) => phone.HearsAsync(
        end => end.Samples.Length >= End.TotalSeconds * end.SampleRate && ToneLevel.Of(end, hertz) < NotThere, $"no {hertz} Hz", End, Stage.Patience);

    /// <summary>The level of a tone in the half second in which it is loudest, dB below full scale.</summary>
    public static double Loudest(WavFile recording, double hertz)
    {
        var window = recording.SampleRate / 2;
        var best = double.NegativeInfinity;
        for (var at = 0; at + window <= recording.Samples.Length; at += window / 2)
            best = Math.Max(best, ToneLevel.Of(recording with { Samples = recording.Samples[at..(at + window)] }, hertz));
        return best;
    }

    /// <summary>Where the first half second is in which a tone is there, samples; the length of the recording when it never is.</summary>
    public static int FirstHeard(WavFile recording, double hertz)
    {
        var window = recording.SampleRate / 2;
        for (var at = 0; at + window <= recording.Samples.Length; at += window / 2)
        {
            if (ToneLevel.Of(recording with { Samples = recording.Samples[at..(at + window)] }, hertz) > There)
                return at;
        }

        return recording.Samples.Length;
    }

    // What the exchange says of its calls at that moment, so that a failure tells whether they or their sound went wrong.
    private static async Task<string> StateAsync(TandemServer server)
    {
        var texts = new List<string>();
        foreach (var path in new[] { "/api/calls", "/api/v1/monitors", "/api/rtp-streams" })
        {
            using var answer = await server.Http.GetAsync(path);
            texts.Add($"{path}: {await answer.Content.ReadAsStringAsync()}");
        }

        return string.Join("\n", texts);
    }

    private static double Tone(Baresip phone) => phone.Options.ToneHertz;
}
