namespace Tandem.Media.Playback.Reading;

/// <summary>How the samples of one channel are written, and how they become 16-bit ones.</summary>
internal enum SampleFormat
{
    /// <summary>Unsigned 8 bit, as WAV has it.</summary>
    Pcm8,
    Pcm16Little,
    Pcm16Big,
    MuLaw,
    ALaw,
}
