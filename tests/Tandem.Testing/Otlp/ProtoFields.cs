using System.Text;

namespace Tandem.Testing.Otlp;

/// <summary>The fields of a message of Protocol Buffers by their numbers, read without knowing its type. It throws on what is none.</summary>
public sealed class ProtoFields
{
    private readonly Dictionary<int, List<(byte[] Bytes, ulong Number)>> _fields = [];

    public ProtoFields(byte[] message)
    {
        for (var at = 0; at < message.Length;)
        {
            var key = Varint(message, ref at);
            (byte[], ulong) value;
            switch (key & 7)
            {
                case 0:
                    value = ([], Varint(message, ref at));
                    break;
                case 1:
                    value = (message[at..(at + 8)], BitConverter.ToUInt64(message, at));
                    at += 8;
                    break;
                case 2:
                    var length = (int)Varint(message, ref at);
                    value = (message[at..(at + length)], 0);
                    at += length;
                    break;
                default:
                    throw new FormatException($"wire type {key & 7} of field {key >> 3}");
            }

            if (!_fields.TryGetValue((int)(key >> 3), out var list))
                _fields[(int)(key >> 3)] = list = [];
            list.Add(value);
        }
    }

    public bool Has(int field) => _fields.ContainsKey(field);

    /// <summary>The bytes of a field that is there once; nothing when it is not there.</summary>
    public byte[] Bytes(int field) => _fields.TryGetValue(field, out var values) ? values.Single().Bytes : [];

    public string Text(int field) => Encoding.UTF8.GetString(Bytes(field));

    public string Hex(int field) => Convert.ToHexStringLower(Bytes(field));

    public ulong Number(int field) => _fields.TryGetValue(field, out var values) ? values.Single().Number : 0;

    public double Double(int field) => BitConverter.UInt64BitsToDouble(Number(field));

    public ProtoFields Message(int field) => new(Bytes(field));

    public IEnumerable<ProtoFields> Messages(int field) => _fields.TryGetValue(field, out var values) ? values.Select(value => new ProtoFields(value.Bytes)) : [];

    private static ulong Varint(byte[] message, ref int at)
    {
        ulong value = 0;
        for (var shift = 0; ; shift += 7)
        {
            var b = message[at++];
            value |= (ulong)(b & 0x7F) << shift;
            if (b < 0x80)
                return value;
        }
    }
}
