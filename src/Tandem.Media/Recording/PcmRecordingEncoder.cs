using System.Buffers;
using System.Buffers.Binary;

namespace Tandem.Media.Recording;

/// <summary>Linear samples, little endian: the data of a WAV file, whose head is made when it is fetched, since its length is known then.</summary>
internal sealed class PcmRecordingEncoder : IRecordingEncoder
{
    public int Encode(ReadOnlySpan<short> interleaved, bool isFinal, ArrayBufferWriter<byte> output)
    {
        var bytes = output.GetSpan(interleaved.Length * 2);
        for (var i = 0; i < interleaved.Length; i++)
            BinaryPrimitives.WriteInt16LittleEndian(bytes[(2 * i)..], interleaved[i]);
        output.Advance(interleaved.Length * 2);
        return interleaved.Length;
    }

    public void Dispose()
    {
    }
}
