using System.Text.Json;
using System.Text.Json.Nodes;
using Tandem.Testing.Audio;

namespace Tandem.Scenarios.Peers;

/// <summary>One JsSIP phone. Its calls are numbered from 0 in the order in which they began.</summary>
public sealed class BrowserPhone
{
    private readonly Action<JsonObject> _send;

    internal BrowserPhone(string number, Action<JsonObject> send, Func<string> context)
    {
        Number = number;
        _send = send;
        Log = new EventLog<JsonElement>($"browser phone {number}", context);
    }

    public string Number { get; }

    internal EventLog<JsonElement> Log { get; }

    public void Call(string number) => Send("call", new JsonObject { ["target"] = Uri(number) });

    public void Answer(int call = 0) => Send("answer", new JsonObject { ["call"] = call });

    public void Hold(int call = 0) => Send("hold", new JsonObject { ["call"] = call });

    public void Resume(int call = 0) => Send("unhold", new JsonObject { ["call"] = call });

    public void HangUp(int call = 0) => Send("hangup", new JsonObject { ["call"] = call });

    /// <summary>Keys as telephone-event (RFC 4733).</summary>
    public void SendDtmf(string digits, int call = 0) => Send("dtmf", new JsonObject { ["call"] = call, ["digits"] = digits });

    /// <summary>Keys by INFO (application/dtmf-relay).</summary>
    public void SendDtmfInfo(string digits, int call = 0) => Send("dtmfInfo", new JsonObject { ["call"] = call, ["digits"] = digits });

    /// <summary>What the page heard in a call since it was last asked.</summary>
    public async Task<WavFile> HeardAsync(int call = 0)
    {
        Send("heard", new JsonObject { ["call"] = call });
        var heard = await EventAsync("heard", e => e.GetProperty("call").GetInt32() == call);
        var bytes = heard.GetProperty("samples").GetBytesFromBase64();
        var samples = new short[bytes.Length / 2];
        Buffer.BlockCopy(bytes, 0, samples, 0, samples.Length * 2);
        return new WavFile(48_000, samples);
    }

    /// <summary>Waits until ICE and DTLS are through.</summary>
    public Task MediaAsync(int call = 0) =>
        EventAsync("media", e => e.GetProperty("call").GetInt32() == call && e.GetProperty("state").GetString() == "connected");

    /// <summary>REFER: blind, or attended when <paramref name="replaces"/> names another call of this phone.</summary>
    public void Transfer(int call, string target, int? replaces = null)
    {
        var command = new JsonObject { ["call"] = call, ["target"] = Uri(target) };
        if (replaces is { } other)
            command["replaces"] = other;
        Send("transfer", command);
    }

    public void Message(string number, string text) => Send("message", new JsonObject { ["target"] = Uri(number), ["text"] = text });

    /// <summary>SUBSCRIBE for an event package.</summary>
    public void Watch(string number, string package, string accept) =>
        Send("watch", new JsonObject { ["target"] = Uri(number), ["event"] = package, ["accept"] = accept });

    /// <summary>The next event of that name, with properties as <paramref name="matches"/> wants them.</summary>
    public Task<JsonElement> EventAsync(string name, Func<JsonElement, bool>? matches = null, int seconds = 60) =>
        Log.NextAsync(e => e.GetProperty("event").GetString() == name && (matches is null || matches(e)), name, seconds);

    internal void Send(string command, JsonObject rest)
    {
        rest["phone"] = Number;
        rest["command"] = command;
        _send(rest);
    }

    private static string Uri(string number) => $"sip:{number}@127.0.0.1";
}
