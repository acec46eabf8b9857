using System.Buffers.Binary;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Tandem.Core.Time;
using Tandem.Media.Codecs;
using Tandem.Media.Dtmf;
using Tandem.Media.Rtp;

namespace Tandem.Scenarios.Peers;

/// <summary>
/// The sound of a scripted phone on loopback: PCMU that is silent but for the tones of keys, and, where it is wanted, telephone-event. It reads
/// the keys that come, tones and events.
/// </summary>
public sealed class RtpTalk : IDisposable
{
    private const int EventType = 101;
    private const int Samples = 160;
    private const int KeyMilliseconds = 200;
    private static readonly TimeSpan PacketTime = TimeSpan.FromMilliseconds(20);

    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
    private readonly bool _takesEvents;
    private readonly Stopwatch _watch = Stopwatch.StartNew();
    private readonly DtmfToneGenerator _tone = new();
    private readonly List<char> _tones = [];
    private readonly List<char> _events = [];
    private readonly Queue<char> _wanted = [];
    private readonly Thread _receiver;
    private Thread? _sender;
    private volatile bool _stops;
    private volatile int _worstMilliseconds;

    /// <param name="takesEvents">It agrees on telephone-event.</param>
    public RtpTalk(bool takesEvents)
    {
        _takesEvents = takesEvents;
        _socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _socket.ReceiveTimeout = 100;
        _receiver = new Thread(Receive) { IsBackground = true };
        _receiver.Start();
    }

    /// <summary>What it offers or answers.</summary>
    public string Sdp
    {
        get
        {
            var events = _takesEvents ? (Types: " 101", Lines: "a=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-16\r\n") : (Types: "", Lines: "");
            return $"v=0\r\no=phone 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
                + $"m=audio {((IPEndPoint)_socket.LocalEndPoint!).Port} RTP/AVP 0{events.Types}\r\na=rtpmap:0 PCMU/8000\r\n{events.Lines}";
        }
    }

    /// <summary>Keys that came as tones in the sound.</summary>
    public string Tones => Read(_tones);

    /// <summary>Keys that came as telephone events.</summary>
    public string Events => Read(_events);

    /// <summary>The most that a packet of a tone left too late, ms: a tone with a hole in it is two.</summary>
    public int WorstMilliseconds => _worstMilliseconds;

    /// <summary>Begins to talk to the exchange, whose SDP this is.</summary>
    public void Talk(string sdp)
    {
        var far = new IPEndPoint(IPAddress.Loopback, Testing.Phones.Sdp.PortOf(sdp));
        _sender = new Thread(() => Send(far)) { IsBackground = true, Priority = ThreadPriority.Highest };
        _sender.Start();
    }

    /// <summary>Sends keys as tones, 200 ms each with 200 ms of silence behind.</summary>
    public void Press(string digits)
    {
        lock (_wanted)
        {
            foreach (var digit in digits)
                _wanted.Enqueue(digit);
        }
    }

    public void Dispose()
    {
        _stops = true;
        _sender?.Join();
        _receiver.Join();
        _socket.Dispose();
    }

    private static string Read(List<char> keys)
    {
        lock (keys)
            return string.Concat(keys);
    }

    private void Send(EndPoint far)
    {
        using var encoder = CodecCatalog.CreateEncoder(new PayloadFormat(0, CodecCatalog.ByStaticType(0)!), 20);
        var packet = new byte[RtpHeader.FixedLength + Samples];
        var samples = new short[Samples];
        var begin = _watch.Elapsed;
        var silence = 0;
        for (var i = 0; !_stops; i++)
        {
            var wait = begin + (i * PacketTime) - _watch.Elapsed;
            if (wait > TimeSpan.Zero)
                Thread.Sleep(wait);
            if (!_tone.IsActive && --silence < 0)
            {
                lock (_wanted)
                {
                    if (_wanted.TryDequeue(out var digit) && _tone.Start(digit, KeyMilliseconds, 8000))
                        silence = KeyMilliseconds / 20;
                }
            }
            else if (_tone.IsActive)
            {
                _worstMilliseconds = Math.Max(_worstMilliseconds, (int)-wait.TotalMilliseconds);
            }

            _tone.Fill(samples);
            packet[0] = 0x80;
            packet[1] = (byte)(i == 0 ? 0x80 : 0);
            BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), (ushort)i);
            BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(4), (uint)(i * Samples));
            BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(8), 0x5EED);
            encoder.Encode(samples, packet.AsSpan(RtpHeader.FixedLength));
            _socket.SendTo(packet, far);
        }
    }

    private void Receive()
    {
        using var decoder = CodecCatalog.CreateDecoder(new PayloadFormat(0, CodecCatalog.ByStaticType(0)!));
        var packet = new byte[2048];
        var samples = new short[4000];
        var tones = new DtmfDetector();
        var events = new TelephoneEventReader();
        while (!_stops)
        {
            try
            {
                var length = _socket.Receive(packet);
                if (!RtpHeader.TryParse(packet.AsSpan(0, length), false, out var header))
                    continue;

                var payload = packet.AsSpan(header.HeaderLength, length - header.HeaderLength - header.PaddingLength);
                if (header.PayloadType == EventType)
                    events.Receive(header, payload, 8000, Now());
                else if (header.PayloadType == 0)
                    tones.Write(samples.AsSpan(0, decoder.Decode(payload, samples)), 8000, Now());
            }
            catch (SocketException)
            {
                // Nothing came: whoever pressed a key let it go.
                tones.WriteSilence(100, Now());
            }

            events.Advance(Now());
            while (events.TryTake(out var key))
                Add(_events, key.Digit);
            while (tones.TryTake(out var key))
                Add(_tones, key.Digit);
        }
    }

    private Moment Now() => Moment.FromMilliseconds(_watch.ElapsedMilliseconds);

    private static void Add(List<char> keys, char key)
    {
        lock (keys)
            keys.Add(key);
    }
}
