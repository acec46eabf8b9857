using Tandem.Core.Time;
using Tandem.Media.Audio;
using Tandem.Media.Codecs;
using Tandem.Media.Plan;
using Tandem.Media.Relay;
using Tandem.Media.Rtp;

namespace Tandem.Media.Tests.Audio;

/// <summary>A side that sends one second of tone over and over and only counts what it gets: it allocates nothing.</summary>
internal sealed class QuietPath : ILegPath
{
    private readonly byte[][] _payloads = new byte[50][];
    private readonly PayloadFormat _format;
    private int _at;
    private ushort _sequence;
    private uint _timestamp;

    public QuietPath(PayloadFormat format, bool speaks = true)
    {
        _format = format;
        Plan = new LineSide(0, true, true, true, new PayloadTable(), new AudioPlan([format], format, []));
        using var encoder = CodecCatalog.CreateEncoder(format, 20);
        var samples = new short[encoder.SampleRate / 50];
        var payload = new byte[4000];
        for (var p = 0; p < _payloads.Length; p++)
        {
            for (var i = 0; i < samples.Length; i++)
                samples[i] = (short)(speaks ? 6000 * Math.Sin(2 * Math.PI * 400 * ((p * samples.Length) + i) / encoder.SampleRate) : 0);
            _payloads[p] = payload[..encoder.Encode(samples, payload)];
        }
    }

    public LineSide Plan { get; }

    public IRtpInput? Listener { get; set; }

    public bool IsFed { get; set; }

    public int Packets { get; private set; }

    public void Send(Span<byte> buffer, int length) => Packets++;

    public void Speak(Moment now)
    {
        Listener?.Receive(new RtpHeader((byte)_format.PayloadType, false, _sequence++, _timestamp, 77, 12, 0), _payloads[_at], now);
        _at = (_at + 1) % _payloads.Length;
        _timestamp += (uint)(_format.Format.ClockRate / 50);
    }
}
