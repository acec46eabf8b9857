namespace Tandem.Media.Recording;

/// <summary>What a recording is when it is fetched.</summary>
public enum RecordingFormat : byte
{
    /// <summary>RIFF WAVE, linear 16 bit.</summary>
    Wav = 1,

    /// <summary>Opus in Ogg (RFC 7845); needs libopus.</summary>
    Ogg = 2,
}
