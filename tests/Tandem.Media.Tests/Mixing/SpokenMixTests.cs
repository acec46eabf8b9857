using Tandem.Media.Tests.Audio;

namespace Tandem.Media.Tests.Mixing;

/// <summary>
/// Two who speak at once and one who listens, in a mix: each speaker hears the other as he spoke and nothing of himself, the listener hears both.
/// </summary>
public class SpokenMixTests
{
    private const int Milliseconds = Speaker.SettleMilliseconds + 6000;

    [Theory]
    [InlineData("PCMU", "PCMA", "PCMA", 1.2, 0)]
    [InlineData("G722", "L16", "G722", 1.5, 0)]
    [InlineData("PCMA", "G722", "L16", 1.5, 0)]
    [InlineData("opus", "PCMA", "opus", 2.4, 2)]
    [InlineData("GSM", "G729", "PCMU", 4.5, 2)]
    public void Speech_comes_through_a_mix_as_it_was_said(string one, string two, string listeners, double distance, int clicks)
    {
        var rig = new AudioRig();
        var mix = rig.Mix();
        var names = new[] { one, two, listeners };
        var rate = Math.Min(16000, names.Min(name => Speaker.Format(name).Format.SampleRate));
        var phones = names.Select(name => new TestPhone(Speaker.Format(name), 440) { Speaks = false }).ToList();
        foreach (var phone in phones)
            rig.Call(phone).Join(MediaSide.A, mix);

        using var first = new Speaker(phones[0], Speaker.Format(one), rate, Milliseconds, seed: 3);
        using var second = new Speaker(phones[1], Speaker.Format(two), rate, Milliseconds, seed: 8);
        while (first.Say(rig.Now) && second.Say(rig.Now))
            rig.Run(20);

        var bounds = new SoundBounds(distance, TimeSpan.FromMilliseconds(120), clicks);
        bounds.Check(Speaker.Compare(second.Said, phones[0].Heard), $"{one} hears {two}");
        bounds.Check(Speaker.Compare(first.Said, phones[1].Heard), $"{two} hears {one}");
        bounds.Check(Speaker.Compare(Speaker.Sum(first.Said, second.Said), phones[2].Heard), $"{listeners} hears both");
    }
}
