// Who asks: a JWT, checked with a key object. (With a string, jsonwebtoken makes a key at each check, which costs four times as much.)
import { createSecretKey } from 'node:crypto'
import jwt from 'jsonwebtoken'

export const secret = Buffer.from('a secret of the benchmark, which protects nothing at all')
const key = createSecretKey(secret)

export const userOf = (token) => jwt.verify(token, key, { algorithms: ['HS256'] }).sub
