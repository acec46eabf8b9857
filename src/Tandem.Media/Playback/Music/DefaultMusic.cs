using Tandem.Media.Playback.Sources;

namespace Tandem.Media.Playback.Music;

/// <summary>
/// The music on hold of an exchange to which nobody gave any: slow chords with single notes above them, computed once. It repeats without a seam: what sounds on at the end goes on at the beginning.
/// </summary>
internal static class DefaultMusic
{
    public const int SampleRate = 16_000;

    private const double BeatSeconds = 0.8;
    private const int BeatsPerChord = 4;
    private const double Peak = 0.22;

    // Semitones above A3 (220 Hz): C, a, F, G, e, a, d, G, each with its bass below.
    private static readonly (int Bass, int[] Notes)[] Chords =
    [
        (-9, [3, 7, 10]), (-12, [0, 3, 7]), (-16, [-4, 0, 3]), (-14, [-2, 2, 5]),
        (-17, [-5, -2, 2]), (-12, [0, 3, 7]), (-7, [-7, -4, 0]), (-14, [-2, 2, 5]),
    ];

    // Which note of the chord sounds an octave higher at each beat.
    private static readonly int[] Pattern = [0, 2, 1, 2];

    private static readonly Lazy<SoundClip> Made = new(Make);

    /// <summary>About 26 s, half a megabyte; made when it is asked for first, which takes some ten milliseconds.</summary>
    public static SoundClip Clip => Made.Value;

    private static SoundClip Make()
    {
        var beat = (int)(BeatSeconds * SampleRate);
        var chord = beat * BeatsPerChord;
        var mix = new float[chord * Chords.Length];
        for (var i = 0; i < Chords.Length; i++)
        {
            var (bass, notes) = Chords[i];
            Add(mix, i * chord, bass, 0.30, attack: 0.08, decay: 2.4);
            foreach (var note in notes)
                Add(mix, i * chord, note, 0.16, attack: 0.60, decay: 2.8);
            for (var b = 0; b < BeatsPerChord; b++)
                Add(mix, (i * chord) + (b * beat), notes[Pattern[b]] + 12, 0.20, attack: 0.015, decay: 0.9);
        }

        var loudest = 0f;
        foreach (var value in mix)
            loudest = Math.Max(loudest, Math.Abs(value));
        var samples = new short[mix.Length];
        for (var i = 0; i < mix.Length; i++)
            samples[i] = (short)(mix[i] / loudest * Peak * short.MaxValue);
        return new SoundClip(samples, SampleRate);
    }

    // A note with two overtones: it rises for attack seconds and dies away with decay seconds.
    private static void Add(float[] mix, int start, int semitones, double loudness, double attack, double decay)
    {
        var step = 2 * Math.PI * 220 * Math.Pow(2, semitones / 12.0) / SampleRate;
        var length = Math.Min(mix.Length, (int)((attack + (decay * 5)) * SampleRate));
        for (var i = 0; i < length; i++)
        {
            var time = (double)i / SampleRate;
            var rise = time < attack ? 0.5 - (0.5 * Math.Cos(Math.PI * time / attack)) : 1;
            var envelope = loudness * rise * Math.Exp(-time / decay);
            var angle = step * i;
            mix[(start + i) % mix.Length] += (float)(envelope * (Math.Sin(angle) + (0.25 * Math.Sin(2 * angle)) + (0.08 * Math.Sin(3 * angle))));
        }
    }
}
