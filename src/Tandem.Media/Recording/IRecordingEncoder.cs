using System.Buffers;

namespace Tandem.Media.Recording;

/// <summary>Turns samples into the bytes of a recording. One thread.</summary>
internal interface IRecordingEncoder : IDisposable
{
    /// <summary>Takes samples, channels in turn, and writes what they become; returns how many were taken, the rest comes again.</summary>
    /// <param name="interleaved">The samples.</param>
    /// <param name="isFinal">Nothing follows: everything is taken.</param>
    /// <param name="output">Where the bytes go.</param>
    int Encode(ReadOnlySpan<short> interleaved, bool isFinal, ArrayBufferWriter<byte> output);
}
