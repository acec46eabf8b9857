using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using Tandem.Testing.Audio;

namespace Tandem.Scenarios.Peers;

/// <summary>
/// A baresip softphone without sound devices: a WAV file is its microphone, what it hears goes to a WAV file, and it is
/// steered over its control socket (netstrings of JSON).
/// </summary>
public sealed class Baresip : IDisposable
{
    // A call ends when its file does: longer than any of them lasts on a slow machine.
    private static readonly TimeSpan ToneLength = TimeSpan.FromMinutes(5);

    private readonly Channel<JsonElement> _events = Channel.CreateUnbounded<JsonElement>();
    private readonly List<JsonElement> _seen = [];
    private readonly string _folder;
    private readonly ChildProcess _process;
    private readonly int _controlPort;
    private readonly int _rtpPorts;
    private TcpClient? _control;
    private bool _isGone;

    private Baresip(ScratchFolder scratch, BaresipOptions options)
    {
        Options = options;
        SipPort = FreePorts.Pair(); // it opens TLS on the port above its SIP port, which must not be that of a server beside it
        _controlPort = FreePorts.Next();
        _folder = scratch.Sub($"baresip-{options.Number}-{SipPort}");
        DumpFolder = Directory.CreateDirectory(Path.Combine(_folder, "dump")).FullName;
        var tone = Path.Combine(_folder, "tone.wav");
        WavFile.Tone(options.ToneHertz, ToneLength, amplitude: options.ToneAmplitude).WithNoise(options.NoiseAmplitude).Write(tone);
        _rtpPorts = FreePorts.Range(40);
        File.WriteAllText(Path.Combine(_folder, "config"), $"""
            sip_listen 127.0.0.1:{SipPort}
            audio_source aufile,{tone}
            audio_player aubridge,p{SipPort}
            audio_alert aubridge,q{SipPort}
            ausrc_srate 8000
            auplay_srate 8000
            ausrc_channels 1
            auplay_channels 1
            snd_path {DumpFolder}
            rtp_ports {_rtpPorts}-{_rtpPorts + 39}
            module_path {ModulePath()}
            module g711.so
            module g722.so
            module opus.so
            module l16.so
            module srtp.so
            module dtls_srtp.so
            module aufile.so
            module aubridge.so
            module sndfile.so
            module_app account.so
            module_app menu.so
            module uuid.so
            {(options.HasLamp ? "module_app mwi.so" : "")}
            module_app ctrl_tcp.so
            ctrl_tcp_listen 127.0.0.1:{_controlPort}

            """);
        var transport = options.Transport == "tcp" ? ";transport=tcp" : "";
        File.WriteAllText(Path.Combine(_folder, "accounts"), string.Concat(
            $"<sip:{options.Number}@127.0.0.1:{options.Port ?? options.Server.SipPort}{transport}>;auth_user={options.Number};auth_pass={options.Secret}",
            $";answermode={options.AnswerMode};regint={(options.Register ? 60 : 0)};mwi={(options.HasLamp ? "yes" : "no")};audio_codecs={options.Codecs}{(options.Encryption.Length > 0 ? ";mediaenc=" + options.Encryption : "")}{options.AccountParameters}\n"));
        _process = new ChildProcess("baresip", ["-f", _folder, "-t", $"{options.Seconds}"], _folder);
    }

    public BaresipOptions Options { get; }

    public int SipPort { get; }

    public string DumpFolder { get; }

    public string Output => _process.Output;

    /// <summary>Starts the phone and, when it registers, waits until it is registered.</summary>
    public static async Task<Baresip> StartAsync(ScratchFolder scratch, BaresipOptions options, bool expectRegistered = true)
    {
        var phone = new Baresip(scratch, options);
        await phone.ConnectAsync();
        if (options.Register && expectRegistered)
        {
            // The phone may have registered before the control socket was there, so the server is asked, not the phone.
            await options.Server.EventuallyAsync(
                "/api/users",
                users => users.EnumerateArray().Any(u => u.GetProperty("number").GetString() == options.Number),
                $"{options.Number} registers; baresip says:\n{phone.Output}");
        }

        return phone;
    }

    public Task DialAsync(string number) => CommandAsync("dial", number);

    public Task AcceptAsync() => CommandAsync("accept");

    public Task HangUpAsync() => CommandAsync("hangup");

    public Task HoldAsync() => CommandAsync("hold");

    public Task ResumeAsync() => CommandAsync("resume");

    /// <summary>Blind transfer of the call in progress.</summary>
    public Task TransferAsync(string number) => CommandAsync("transfer", $"sip:{number}@127.0.0.1:{Options.Server.SipPort}");

    /// <summary>Presses a key for a moment: it goes out as telephone-event.</summary>
    public Task PressAsync(char key) => CommandAsync("sndcode", key.ToString());

    /// <summary>The next key that the other side pressed, as an event or in an INFO.</summary>
    public async Task<char> KeyAsync() => (await EventAsync("CALL_DTMF_START")).GetProperty("param").GetString()![0];

    /// <summary>Waits for an event such as CALL_ESTABLISHED or CALL_CLOSED; each event is taken once.</summary>
    public Task<JsonElement> EventAsync(string type, int seconds = 60) => EventAsync([type], seconds);

    /// <summary>Waits for the first of several events.</summary>
    public async Task<JsonElement> EventAsync(string[] types, int seconds = 60)
    {
        using var cancel = new CancellationTokenSource(TimeSpan.FromSeconds(seconds));
        try
        {
            while (true)
            {
                var next = await _events.Reader.ReadAsync(cancel.Token);
                _seen.Add(next);
                if (types.Contains(next.GetProperty("type").GetString()))
                    return next;
            }
        }
        catch (Exception e) when (e is OperationCanceledException or ChannelClosedException)
        {
            var seen = string.Join(", ", _seen.Select(e => e.GetProperty("type").GetString()));
            throw new TimeoutException($"{Options.Number} saw no {string.Join(" or ", types)} within {seconds} s, only: {seen}\nbaresip:\n{Output}\nserver:\n{Options.Server.Process.Output}");
        }
    }

    /// <summary>Measures what the phone heard in its last call. The phone must have ended that call.</summary>
    /// <param name="expectedHertz">The tone that should be there.</param>
    /// <param name="last">Only the end of the recording, this long; null for all of it.</param>
    public ToneReport Heard(double expectedHertz, TimeSpan? last = null) => ToneMeter.Measure(Recording(last), expectedHertz);

    /// <summary>It was in a call since what it heard was forgotten.</summary>
    public bool HasHeard => Directory.GetFiles(DumpFolder, "*-dec.wav").Length > 0;

    /// <summary>What the phone heard in its last call, or the end of it.</summary>
    public WavFile Recording(TimeSpan? last = null)
    {
        var file = Directory.GetFiles(DumpFolder, "*-dec.wav").Order(StringComparer.Ordinal).LastOrDefault()
            ?? throw new InvalidOperationException($"{Options.Number} recorded nothing:\n{Output}");
        var wav = WavFile.Read(file);
        return last is { } end
            ? wav with { Samples = wav.Samples[^Math.Min(wav.Samples.Length, (int)(wav.SampleRate * end.TotalSeconds))..] }
            : wav;
    }

    /// <summary>Waits until what the phone has heard so far in its call, or the end of it, is as it should be. The recording grows with each packet that it plays.</summary>
    public async Task HearsAsync(Func<WavFile, bool> accept, string what, TimeSpan? last = null, int seconds = 60)
    {
        var until = DateTime.UtcNow.AddSeconds(seconds);
        while (!Accepts())
        {
            if (DateTime.UtcNow > until)
                throw new TimeoutException($"{Options.Number} does not hear within {seconds} s: {what}; it has {string.Join(", ", Directory.GetFiles(DumpFolder).Select(file => $"{Path.GetFileName(file)} of {new FileInfo(file).Length}"))}\nserver:\n{Options.Server.Process.Output}");
            await Task.Delay(100);
        }

        bool Accepts()
        {
            try
            {
                return Directory.GetFiles(DumpFolder, "*-dec.wav").Length > 0 && accept(Recording(last));
            }
            catch (InvalidDataException)
            {
                return false; // its header is not written yet
            }
        }
    }

    /// <summary>Waits until nothing has come to it for half a second, though its call goes on.</summary>
    public async Task HearsNothingAsync()
    {
        for (var (before, tries) = (-1, 0); before != Recording().Samples.Length; tries++)
        {
            Assert.True(tries < 100, $"{Options.Number} still hears something");
            before = Recording().Samples.Length;
            await Task.Delay(TimeSpan.FromSeconds(0.5));
        }
    }

    /// <summary>Waits until it has heard a second more than now.</summary>
    public Task HearsMoreAsync()
    {
        var until = Recording();
        return HearsAsync(now => now.Samples.Length > until.Samples.Length + until.SampleRate, "a second more");
    }

    /// <summary>Forgets the events and recordings of the calls before, so that what is read next is of the next call. It must have no call.</summary>
    public void Forget()
    {
        while (_events.Reader.TryRead(out _))
        {
            // Of a call before.
        }

        _seen.Clear();
        foreach (var file in Directory.GetFiles(DumpFolder))
            File.Delete(file);
    }

    /// <summary>Presses keys one after the other, slowly enough for each to be one.</summary>
    public async Task TypeAsync(string keys)
    {
        foreach (var key in keys)
        {
            await PressAsync(key);
            await Task.Delay(TimeSpan.FromMilliseconds(300));
        }
    }

    /// <summary>Ends the phone; a story may do so before its end.</summary>
    public void Dispose()
    {
        if (_isGone)
            return;

        _isGone = true;
        _control?.Dispose();
        _process.Dispose();
        FreePorts.Return(_rtpPorts);
    }

    private static string ModulePath()
    {
        string[] candidates = ["/usr/lib/baresip/modules", "/usr/lib/x86_64-linux-gnu/baresip/modules", "/usr/local/lib/baresip/modules"];
        return candidates.FirstOrDefault(Directory.Exists) ?? throw new InvalidOperationException("baresip's modules are missing: apt-get install baresip");
    }

    private async Task ConnectAsync()
    {
        for (var attempt = 0; ; attempt++)
        {
            var client = new TcpClient();
            try
            {
                await client.ConnectAsync("127.0.0.1", _controlPort);
                _control = client;
                _ = ReadAsync(client.GetStream());
                return;
            }
            catch (SocketException) when (attempt < 1_200)
            {
                client.Dispose();
                await Task.Delay(50);
            }
        }
    }

    private async Task CommandAsync(string command, string? parameters = null)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(new { command, @params = parameters ?? "", token = command });
        byte[] frame = [.. Encoding.ASCII.GetBytes($"{json.Length}:"), .. json, (byte)','];
        await _control!.GetStream().WriteAsync(frame);
    }

    private async Task ReadAsync(NetworkStream stream)
    {
        try
        {
            while (true)
            {
                var length = 0;
                for (int digit; (digit = await ByteAsync(stream)) != ':';)
                    length = (length * 10) + digit - '0';

                var json = new byte[length + 1];
                await stream.ReadExactlyAsync(json);
                var element = JsonDocument.Parse(json.AsMemory(0, length)).RootElement.Clone();
                if (element.TryGetProperty("event", out _))
                    _events.Writer.TryWrite(element);
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            _events.Writer.TryComplete();
        }
    }

    private static async Task<int> ByteAsync(NetworkStream stream)
    {
        var one = new byte[1];
        await stream.ReadExactlyAsync(one);
        return one[0];
    }
}
