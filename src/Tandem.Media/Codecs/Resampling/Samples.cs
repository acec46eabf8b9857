namespace Tandem.Media.Codecs.Resampling;

/// <summary>Conversions of single samples.</summary>
internal static class Samples
{
    /// <summary>Rounded, and clipped at full scale.</summary>
    public static short ToShort(float value) => (short)Math.Clamp(MathF.Round(value), short.MinValue, short.MaxValue);
}
