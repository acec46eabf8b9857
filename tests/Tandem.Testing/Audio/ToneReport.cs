namespace Tandem.Testing.Audio;

/// <summary>What a recording holds of a tone.</summary>
/// <param name="Hertz">The frequency, from the phase advance between blocks.</param>
/// <param name="LevelDb">The level in dB below full scale, the median of the blocks with tone.</param>
/// <param name="Heard">From the first to the last block with tone.</param>
/// <param name="Gaps">Blocks of 20 ms inside <paramref name="Heard"/> without the tone.</param>
/// <param name="Jumps">Places inside where the phase breaks: samples were lost or inserted.</param>
public sealed record ToneReport(double Hertz, double LevelDb, TimeSpan Heard, int Gaps, int Jumps);
