namespace Tandem.Media.Tests.Audio;

/// <summary>
/// A speaker on one side of a transcoded call, a listener on the other, through jitter buffer, tick, converters and coders: what arrives is
/// compared with what was said.
/// </summary>
public class SpokenBridgeTests
{
    [Theory]
    [InlineData("PCMU", 20, "PCMA", 20, 1.2, 0)]
    [InlineData("PCMA", 20, "G722", 20, 1.2, 0)]
    [InlineData("G722", 20, "PCMA", 20, 1.2, 0)]
    [InlineData("G722", 20, "L16", 20, 1.5, 0)]
    [InlineData("opus", 20, "PCMU", 20, 2.4, 2)]
    [InlineData("PCMU", 20, "opus", 20, 2.4, 2)]
    [InlineData("opus", 20, "G722", 20, 3, 2)]
    [InlineData("G729", 20, "PCMA", 20, 3.5, 2)]
    [InlineData("PCMA", 20, "GSM", 20, 3.5, 2)]
    [InlineData("PCMU", 30, "PCMA", 20, 1.2, 0)]
    [InlineData("PCMU", 20, "PCMA", 30, 1.2, 0)]
    [InlineData("G722", 10, "PCMA", 60, 1.2, 0)]
    [InlineData("opus", 60, "G722", 20, 3, 2)]
    public void Speech_arrives_as_it_was_said(string speakers, int speakersMilliseconds, string listeners, int listenersMilliseconds, double distance, int clicks)
    {
        var rig = new AudioRig();
        var phone = new TestPhone(Speaker.Format(speakers), 440, speakersMilliseconds) { Speaks = false };
        var listener = new TestPhone(Speaker.Format(listeners), 440, listenersMilliseconds) { Speaks = false };
        rig.Call(phone, listener);

        var rate = Math.Min(16000, Math.Min(Speaker.Format(speakers).Format.SampleRate, Speaker.Format(listeners).Format.SampleRate));
        using var speaker = new Speaker(phone, Speaker.Format(speakers), rate, Speaker.SettleMilliseconds + 6000, seed: 3, speakersMilliseconds);
        while (speaker.Say(rig.Now))
            rig.Run(speakersMilliseconds);

        new SoundBounds(distance, TimeSpan.FromMilliseconds(80 + speakersMilliseconds + listenersMilliseconds), clicks)
            .Check(Speaker.Compare(speaker.Said, listener.Heard), $"{speakers}/{speakersMilliseconds} -> {listeners}/{listenersMilliseconds}");
    }
}
